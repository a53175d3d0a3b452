package dev.orrery.hub.scopes;

import java.util.Set;

/**
 * Who is in which group. It is asked only where a scope is limited to groups, but then once for
 * each question: keep the answer at hand.
 */
@FunctionalInterface
public interface Groups {

  /** The names of all groups the user is in; empty for a user that is not known. */
  Set<String> groupsOf(String user);
}
