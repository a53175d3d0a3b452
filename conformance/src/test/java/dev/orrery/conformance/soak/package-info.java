/**
 * A proxy under a load that does what clients and backends do in a week: they come, go, stall,
 * vanish and die. What each was asked and how it ended is in a ledger, which knows what could have
 * been served.
 */
package dev.orrery.conformance.soak;
