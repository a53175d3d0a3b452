package dev.orrery.spawner.local;

/**
 * Somebody the machine knows.
 *
 * @param home may be empty
 * @param shell may be empty
 */
record Account(String name, int uid, int gid, String home, String shell) {}
