package dev.orrery.hub.scopes;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A role as it is to be at start.
 *
 * @param scopes texts that a {@link ScopeTable} understands
 * @param users who has the role, and nobody else; nothing where the database decides
 * @param services like {@code users}
 * @param groups like {@code users}; everybody in the group has the role
 */
public record RoleDefinition(
    String name,
    Optional<String> description,
    List<String> scopes,
    Optional<List<String>> users,
    Optional<List<String>> services,
    Optional<List<String>> groups) {

  /** What every user has. */
  public static final String USER = "user";

  /** What administrators have. It can't be changed. */
  public static final String ADMIN = "admin";

  /** What the token of a server has. */
  public static final String SERVER = "server";

  /** What a token has that is asked for without scopes. */
  public static final String TOKEN = "token";

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9\\-_~.]{1,253}[a-z0-9]");

  public RoleDefinition {
    requireNonNull(name, "name");
    requireNonNull(description, "description");
    scopes = List.copyOf(scopes);
    users = users.map(List::copyOf);
    services = services.map(List::copyOf);
    groups = groups.map(List::copyOf);
  }

  private static RoleDefinition standard(String name, String description, List<String> scopes) {
    return new RoleDefinition(
        name,
        Optional.of(description),
        scopes,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The roles every hub has, given to nobody yet. */
  public static List<RoleDefinition> defaults() {
    return List.of(
        standard(USER, "What every user may do", List.of("self")),
        standard(
            ADMIN,
            "Whatever there is to do",
            List.of(
                "admin-ui",
                "admin:users",
                "admin:servers",
                "admin:services",
                "tokens",
                "admin:groups",
                "list:services",
                "read:services",
                "read:hub",
                "proxy",
                "shutdown",
                "access:services",
                "access:servers",
                "read:roles",
                "read:metrics",
                "shares")),
        standard(
            SERVER,
            "What a server may do: tell of activity, and be used",
            List.of("users:activity!user", "access:servers!server")),
        standard(TOKEN, "Whatever the owner of the token may do", List.of("inherit")));
  }

  /** Whether a role can have that name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }
}
