/** What cells that run put out, kept until a notebook that has it is saved. */
@NullMarked
package dev.orrery.kernel.journal;

import org.jspecify.annotations.NullMarked;
