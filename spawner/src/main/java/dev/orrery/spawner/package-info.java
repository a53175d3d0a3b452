/** What starts, watches and ends the servers of users. */
@NullMarked
package dev.orrery.spawner;

import org.jspecify.annotations.NullMarked;
