/** What a proxy counts, under the names that configurable-http-proxy gives it. */
@NullMarked
package dev.orrery.proxy.metrics;

import org.jspecify.annotations.NullMarked;
