/** How much clients may ask for, and who counts it. Knows nothing of connections' contents. */
@NullMarked
package dev.orrery.proxy.limits;

import org.jspecify.annotations.NullMarked;
