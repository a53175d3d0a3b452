package dev.orrery.hub.store;

import java.util.List;

/**
 * A named set of scopes.
 *
 * @param managedByAuth whether the authenticator made it
 */
public record Role(
    long id, String name, String description, List<String> scopes, boolean managedByAuth) {
  public Role {
    scopes = List.copyOf(scopes);
  }
}
