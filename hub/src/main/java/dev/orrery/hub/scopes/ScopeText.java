package dev.orrery.hub.scopes;

/** A scope as it is written in roles, tokens and requests, e.g. {@code read:users!group=a}. */
public sealed interface ScopeText {

  /**
   * A scope that exists, with a limit that can be understood.
   *
   * @param scope the name, without the filter
   */
  record Grant(String scope, Limit limit) implements ScopeText {

    @Override
    public String toString() {
      return switch (limit) {
        case Limit.None _ -> scope;
        case Limit.Own own -> scope + "!" + own.filter;
        case Limit.To(Resource resource) -> scope + "!" + resource.filter();
      };
    }
  }

  /**
   * A text that gives nothing.
   *
   * @param sentence what is wrong with it, for whoever wrote it
   */
  record Malformed(String text, String sentence) implements ScopeText {}

  /** What the filter of a scope says. */
  sealed interface Limit {

    /** No filter: the scope holds for everything. */
    enum None implements Limit {
      NONE
    }

    /** A filter without a name, which the owner or the client of a token fills in. */
    enum Own implements Limit {
      USER("user"),
      SERVER("server"),
      SERVICE("service");

      private final String filter;

      Own(String filter) {
        this.filter = filter;
      }
    }

    /** The scope holds for one resource and what belongs to it. */
    record To(Resource resource) implements Limit {}
  }

  /** Reads the filter, which is the text after the exclamation mark. */
  static ScopeText of(String text, String scope, String filter) {
    for (Limit.Own own : Limit.Own.values()) {
      if (own.filter.equals(filter)) {
        return new Grant(scope, own);
      }
    }
    int equals = filter.indexOf('=');
    String kind = equals < 0 ? filter : filter.substring(0, equals);
    String name = equals < 0 ? "" : filter.substring(equals + 1);
    if (kind.equals("group") && name.isEmpty() || equals >= 0 && name.isEmpty()) {
      return new Malformed(
          text, "The filter '!" + filter + "' of scope '" + text + "' names nobody.");
    }
    return switch (kind) {
      case "user" -> grant(scope, new Resource.User(name));
      case "group" -> grant(scope, new Resource.Group(name));
      case "service" -> grant(scope, new Resource.Service(name));
      case "server" -> {
        int slash = name.indexOf('/');
        yield slash > 0
            ? grant(scope, new Resource.Server(name.substring(0, slash), name.substring(slash + 1)))
            : new Malformed(
                text,
                "The filter '!"
                    + filter
                    + "' of scope '"
                    + text
                    + "' names no server; write !server=USER/SERVER, with nothing after the slash"
                    + " for the default server.");
      }
      default ->
          new Malformed(
              text,
              "The filter '!"
                  + filter
                  + "' of scope '"
                  + text
                  + "' is not known; use !user, !server, !service, !user=, !group=, !server= or"
                  + " !service=.");
    };
  }

  private static Grant grant(String scope, Resource resource) {
    return new Grant(scope, new Limit.To(resource));
  }
}
