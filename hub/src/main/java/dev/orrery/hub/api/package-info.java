/** The REST API, JupyterHub's: paths, bodies and statuses. */
@NullMarked
package dev.orrery.hub.api;

import org.jspecify.annotations.NullMarked;
