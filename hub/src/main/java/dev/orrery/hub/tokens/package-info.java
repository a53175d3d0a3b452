/** Secrets that let programs and browsers in: how they are made, kept and recognised. */
@NullMarked
package dev.orrery.hub.tokens;

import org.jspecify.annotations.NullMarked;
