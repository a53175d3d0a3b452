package dev.orrery.hub.store;

/**
 * People who have something in common.
 *
 * @param properties a JSON object
 */
public record Group(long id, String name, String properties) {}
