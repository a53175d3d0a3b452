/** Servers of users as processes of this machine. */
@NullMarked
package dev.orrery.spawner.local;

import org.jspecify.annotations.NullMarked;
