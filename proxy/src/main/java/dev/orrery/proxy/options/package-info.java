/**
 * What can be set on the command line and in the environment, as configurable-http-proxy 5.3 names
 * it.
 */
@NullMarked
package dev.orrery.proxy.options;

import org.jspecify.annotations.NullMarked;
