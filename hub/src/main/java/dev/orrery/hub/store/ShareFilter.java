package dev.orrery.hub.store;

/** Which shares are wanted. */
public sealed interface ShareFilter {

  /** What a code of a share can be asked for by, too: a code is with nobody yet. */
  sealed interface OfWhat extends ShareFilter {}

  /** Those of all servers of a person. */
  record OfOwner(long user) implements OfWhat {}

  /** Those of one server. */
  record OfServer(long server) implements OfWhat {}

  /** Those with a person, and with the groups they are in. */
  record WithUser(long user) implements ShareFilter {}

  /** Those with a group. */
  record WithGroup(long group) implements ShareFilter {}
}
