/** Load that no tool of the distributions makes. */
@NullMarked
package dev.orrery.benchmarks;

import org.jspecify.annotations.NullMarked;
