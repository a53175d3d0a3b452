/** Asking others over HTTP, on the thread of who asks. */
@NullMarked
package dev.orrery.http.client;

import org.jspecify.annotations.NullMarked;
