/** Pods of a real Kubernetes, which {@code conformance/cluster} brings up on this machine. */
package dev.orrery.conformance.cluster;
