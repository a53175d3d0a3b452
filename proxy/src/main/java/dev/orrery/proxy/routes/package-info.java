/** Which backend a request goes to. Knows nothing of connections. */
@NullMarked
package dev.orrery.proxy.routes;

import org.jspecify.annotations.NullMarked;
