/** The API server of a cluster: requests, watches, and what it says when it refuses. */
@NullMarked
package dev.orrery.kubernetes.api;

import org.jspecify.annotations.NullMarked;
