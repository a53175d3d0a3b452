package dev.orrery.server.hub;

import java.util.Set;

/**
 * Whether one of the scopes that open this server is among those somebody has. A scope is {@code
 * name} or {@code name!filter=value}; the hub has expanded all but filters that contain each other:
 * a name without filter holds every filtered one, a user's filter those of the user's servers.
 * Groups are for the hub to expand, as upstream.
 */
record AccessScopes(Set<String> required) {

  AccessScopes {
    required = Set.copyOf(required);
  }

  boolean allow(Set<String> held) {
    return required.stream().anyMatch(scope -> isHeld(scope, held));
  }

  private static boolean isHeld(String scope, Set<String> held) {
    if (held.contains(scope)) {
      return true;
    }
    int bang = scope.indexOf('!');
    if (bang < 0) {
      return false;
    }
    String name = scope.substring(0, bang);
    if (held.contains(name)) {
      return true;
    }
    String filter = scope.substring(bang + 1);
    int slash = filter.indexOf('/');
    return filter.startsWith("server=")
        && slash > 0
        && held.contains(name + "!user=" + filter.substring("server=".length(), slash));
  }
}
