/** What is written down of requests. */
@NullMarked
package dev.orrery.proxy.log;

import org.jspecify.annotations.NullMarked;
