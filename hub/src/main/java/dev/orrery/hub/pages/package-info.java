/** The pages of a hub. */
@NullMarked
package dev.orrery.hub.pages;

import org.jspecify.annotations.NullMarked;
