/** Spawners for tests and loads of a hub, for users of the interface, too. */
@NullMarked
package dev.orrery.spawner.testing;

import org.jspecify.annotations.NullMarked;
