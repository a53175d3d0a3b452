package dev.orrery.hub.store;

/**
 * A server as those know it with whom it is shared.
 *
 * @param id its row in {@code spawners}
 * @param name empty for the default server
 * @param ready whether it can be used at this moment
 */
public record SharedServer(long id, long ownerId, String owner, String name, boolean ready) {}
