/**
 * The wire below Jupyter messages: ZMTP 3 over JDK sockets and the signed multipart form of a
 * message. Public because whatever speaks to a kernel, or is one, needs it; the rest of the product
 * goes through {@link dev.orrery.kernel.Kernel}.
 */
@NullMarked
package dev.orrery.kernel.wire;

import org.jspecify.annotations.NullMarked;
