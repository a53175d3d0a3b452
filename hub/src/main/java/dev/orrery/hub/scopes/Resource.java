package dev.orrery.hub.scopes;

import static java.util.Objects.requireNonNull;

/** What a scope can be limited to. */
public sealed interface Resource {

  /** The filter that limits a scope to this, e.g. {@code user=alice}. */
  String filter();

  /** Who can have scopes: roles are given to it, tokens belong to it. */
  sealed interface Owner extends Resource {}

  /** What a browser is let into by OAuth. */
  sealed interface Target extends Resource {}

  /** A person. */
  record User(String name) implements Owner {
    public User {
      requireNonNull(name, "name");
    }

    @Override
    public String filter() {
      return "user=" + name;
    }
  }

  /** Some users under one name; as a limit it stands for itself and for each of them. */
  record Group(String name) implements Resource {
    public Group {
      requireNonNull(name, "name");
    }

    @Override
    public String filter() {
      return "group=" + name;
    }
  }

  /**
   * A server of a user.
   *
   * @param name empty for the default server
   */
  record Server(String user, String name) implements Target {
    public Server {
      requireNonNull(user, "user");
      requireNonNull(name, "name");
    }

    @Override
    public String filter() {
      return "server=" + user + "/" + name;
    }
  }

  /** A program beside the hub. */
  record Service(String name) implements Owner, Target {
    public Service {
      requireNonNull(name, "name");
    }

    @Override
    public String filter() {
      return "service=" + name;
    }
  }
}
