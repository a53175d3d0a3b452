/** What dashboards read of a hub. */
@NullMarked
package dev.orrery.hub.metrics;

import org.jspecify.annotations.NullMarked;
