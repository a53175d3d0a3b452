/** People: what they may be called, and how they come and go. */
@NullMarked
package dev.orrery.hub.users;

import org.jspecify.annotations.NullMarked;
