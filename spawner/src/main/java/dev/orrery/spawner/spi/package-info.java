/** What starts the servers of users, as a hub sees it and as others can write it. */
@NullMarked
package dev.orrery.spawner.spi;

import org.jspecify.annotations.NullMarked;
