/**
 * Child processes in a session of their own, which {@link java.lang.ProcessBuilder} cannot make: an
 * interrupt reaches the whole group of a kernel, Ctrl-C in our terminal does not, and a pseudo
 * terminal becomes the controlling terminal of a shell.
 */
@NullMarked
package dev.orrery.kernel.process;

import org.jspecify.annotations.NullMarked;
