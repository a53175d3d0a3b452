/** Sockets: where to listen, by which of the system's means, and TLS. */
@NullMarked
package dev.orrery.proxy.net;

import org.jspecify.annotations.NullMarked;
