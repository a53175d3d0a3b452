/**
 * What is asked of Kubernetes, as trees of plain values: pure functions of settings and names.
 *
 * <p>Settings of KubeSpawner are themselves pieces of such trees and may have fields that this
 * version knows nothing of, which is why there are no classes for them here.
 */
@NullMarked
package dev.orrery.kubernetes.manifests;

import org.jspecify.annotations.NullMarked;
