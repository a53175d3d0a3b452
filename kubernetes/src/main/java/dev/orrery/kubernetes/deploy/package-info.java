/**
 * What {@code orrery deploy} puts onto a cluster: command lines into plans, plans into manifests by
 * pure functions, and manifests into a cluster with words for people who never heard of one.
 */
@NullMarked
package dev.orrery.kubernetes.deploy;

import org.jspecify.annotations.NullMarked;
