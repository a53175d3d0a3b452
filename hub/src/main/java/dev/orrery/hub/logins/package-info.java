/** How people prove who they are, and who of them may come in. */
@NullMarked
package dev.orrery.hub.logins;

import org.jspecify.annotations.NullMarked;
