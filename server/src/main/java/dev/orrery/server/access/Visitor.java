package dev.orrery.server.access;

/**
 * Someone who may come in.
 *
 * @param identity who it is
 * @param byToken whether this request carried the token; such a request can't be forged by another
 *     site
 */
public record Visitor(Identity identity, boolean byToken) {}
