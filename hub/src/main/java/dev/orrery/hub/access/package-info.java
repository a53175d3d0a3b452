/** Who a request comes from, what it may do, and that no other site made it. */
@NullMarked
package dev.orrery.hub.access;

import org.jspecify.annotations.NullMarked;
