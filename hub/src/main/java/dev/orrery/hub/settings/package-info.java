/** What can be set for a hub, by the names that JupyterHub gives it. */
@NullMarked
package dev.orrery.hub.settings;

import org.jspecify.annotations.NullMarked;
