/** What is kept encrypted. */
@NullMarked
package dev.orrery.hub.secrets;

import org.jspecify.annotations.NullMarked;
