/** The servers of people: started, watched, stopped, and found again. */
@NullMarked
package dev.orrery.hub.servers;

import org.jspecify.annotations.NullMarked;
