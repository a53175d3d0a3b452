/** Where the front door leads. The hub knows a proxy by this small interface alone. */
@NullMarked
package dev.orrery.hub.routes;

import org.jspecify.annotations.NullMarked;
