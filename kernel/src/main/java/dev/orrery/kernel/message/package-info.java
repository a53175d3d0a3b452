/** Jupyter messages and the two ways a WebSocket frame carries them. */
@NullMarked
package dev.orrery.kernel.message;

import org.jspecify.annotations.NullMarked;
