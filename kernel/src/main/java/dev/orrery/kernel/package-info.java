/**
 * Kernels: their specs, their processes, and one client per kernel to which any number of listeners
 * attach. {@link dev.orrery.kernel.Kernels} is the way in.
 */
@NullMarked
package dev.orrery.kernel;

import org.jspecify.annotations.NullMarked;
