/** Many people: who they are, what they may do, and the servers they get. */
@NullMarked
package dev.orrery.hub;

import org.jspecify.annotations.NullMarked;
