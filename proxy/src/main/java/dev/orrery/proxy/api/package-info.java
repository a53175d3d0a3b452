/**
 * What the proxy answers itself, away from the public port: the REST API of the routes, and the
 * metrics.
 */
@NullMarked
package dev.orrery.proxy.api;

import org.jspecify.annotations.NullMarked;
