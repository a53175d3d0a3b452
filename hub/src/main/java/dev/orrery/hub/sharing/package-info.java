/** What it means to let others use a server: by name, by group, or by a link. */
@NullMarked
package dev.orrery.hub.sharing;

import org.jspecify.annotations.NullMarked;
