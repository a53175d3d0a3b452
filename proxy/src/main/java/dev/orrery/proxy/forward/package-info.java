/** What happens to a request between a client and a backend. */
@NullMarked
package dev.orrery.proxy.forward;

import org.jspecify.annotations.NullMarked;
