/** What can be put in the place of our own ways to log in. */
@NullMarked
package dev.orrery.hub.logins.spi;

import org.jspecify.annotations.NullMarked;
