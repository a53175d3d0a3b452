package dev.orrery.hub.store;

import java.util.Optional;
import java.util.Set;

/**
 * Which people are wanted, in which order.
 *
 * @param nameContains part of the name, in any case; empty for all
 * @param among only these, which the asker may see; nothing for everybody
 */
public record UserQuery(
    State state,
    String nameContains,
    Optional<Among> among,
    Order order,
    boolean descending,
    int offset,
    int limit) {

  /** Whether a server of the person runs. */
  public enum State {
    ANY,
    /** A server of theirs runs, or is about to start or to stop. */
    ACTIVE,
    /** A server of theirs can be used. */
    READY,
    /** No server of theirs runs. */
    INACTIVE
  }

  /** What they are sorted by. */
  public enum Order {
    ID("id", false),
    NAME("name", false),
    LAST_ACTIVITY("last_activity", true);

    private final String column;
    private final boolean mayBeMissing;

    Order(String column, boolean mayBeMissing) {
      this.column = column;
      this.mayBeMissing = mayBeMissing;
    }

    boolean mayBeMissing() {
      return mayBeMissing;
    }

    String column() {
      return column;
    }
  }

  /** People by their names, and by the groups they are in. */
  public record Among(Set<String> users, Set<String> groups) {
    public Among {
      users = Set.copyOf(users);
      groups = Set.copyOf(groups);
    }
  }
}
