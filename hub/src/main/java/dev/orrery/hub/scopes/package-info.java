/**
 * Who may do what: scopes, their filters, and the roles that give them. Nothing here knows of HTTP,
 * of a database, or of JSON; whether somebody is in a group is asked through {@link
 * dev.orrery.hub.scopes.Groups}.
 */
@NullMarked
package dev.orrery.hub.scopes;

import org.jspecify.annotations.NullMarked;
