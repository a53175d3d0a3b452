/** Names of Kubernetes' objects and labels, made from names of people and servers. */
@NullMarked
package dev.orrery.kubernetes.names;

import org.jspecify.annotations.NullMarked;
