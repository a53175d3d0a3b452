/**
 * What a hub knows, in JupyterHub's tables and formats: users, groups, roles, tokens, clients,
 * servers, services and shares, and our own tables beside them. Nothing of it is kept in memory, so
 * that several hubs can work on one database and a hub can be started again at any moment.
 */
@NullMarked
package dev.orrery.hub.store;

import org.jspecify.annotations.NullMarked;
