/** Outputs of cells that are in no file yet. */
@NullMarked
package dev.orrery.server.outputs;

import org.jspecify.annotations.NullMarked;
