package dev.orrery.hub.scopes;

import static dev.orrery.hub.scopes.RoleDefinition.ADMIN;
import static dev.orrery.hub.scopes.RoleDefinition.USER;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The roles of a start: the default ones, changed and followed by those of the configuration.
 *
 * @param roles the default ones that are not changed, then the others in their order
 * @param problems why the hub can't start, a sentence each
 * @param warnings what may not be meant, a sentence each
 */
public record RoleCheck(List<RoleDefinition> roles, List<String> problems, List<String> warnings) {

  private static final Set<String> KEYS =
      Set.of("name", "description", "scopes", "users", "services", "groups");

  public RoleCheck {
    roles = List.copyOf(roles);
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /**
   * Checks what is configured.
   *
   * @param loadRoles dictionaries with {@code name}, {@code description}, {@code scopes}, {@code
   *     users}, {@code services}, {@code groups}; all but the name may be left out
   * @param extraUserScopes what the role {@code user} gets on top
   * @param managedByAuthenticator whether logins decide who has which role
   */
  public static RoleCheck of(
      ScopeTable table,
      Collection<?> loadRoles,
      Collection<String> extraUserScopes,
      boolean managedByAuthenticator) {
    return new Reader(table, extraUserScopes, managedByAuthenticator).read(loadRoles);
  }

  private static final class Reader {

    private final ScopeTable table;
    private final Collection<String> extraUserScopes;
    private final boolean managedByAuthenticator;
    private final Map<String, RoleDefinition> defaults = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    Reader(ScopeTable table, Collection<String> extraUserScopes, boolean managedByAuthenticator) {
      this.table = table;
      this.extraUserScopes = extraUserScopes;
      this.managedByAuthenticator = managedByAuthenticator;
      for (RoleDefinition role : RoleDefinition.defaults()) {
        defaults.put(role.name(), role.name().equals(USER) ? withExtraScopes(role) : role);
      }
    }

    private RoleDefinition withExtraScopes(RoleDefinition user) {
      for (String problem : table.problems(extraUserScopes)) {
        problems.add("extra_user_scopes: " + problem);
      }
      var scopes = new ArrayList<>(user.scopes());
      extraUserScopes.stream().sorted().forEach(scopes::add);
      return new RoleDefinition(
          user.name(), user.description(), scopes, user.users(), user.services(), user.groups());
    }

    RoleCheck read(Collection<?> loadRoles) {
      var configured = new ArrayList<RoleDefinition>();
      var names = new HashSet<String>();
      for (Object entry : loadRoles) {
        read(entry).ifPresent(configured::add);
      }
      for (RoleDefinition role : configured) {
        defaults.remove(role.name());
        if (!names.add(role.name())) {
          problems.add("The role '" + role.name() + "' is defined twice; make it one entry.");
        }
      }
      var roles = new ArrayList<>(defaults.values());
      roles.addAll(configured);
      return new RoleCheck(roles, problems, warnings);
    }

    private Optional<RoleDefinition> read(@Nullable Object entry) {
      if (!(entry instanceof Map<?, ?> fields) || !(fields.get("name") instanceof String name)) {
        problems.add(
            "An entry of load_roles has to be a dictionary with a name, not " + entry + ".");
        return Optional.empty();
      }
      String start = "The role '" + name + "' ";
      if (!RoleDefinition.isName(name)) {
        problems.add(
            start
                + "has no valid name: it has to be 3 to 255 small letters, digits and -_~. with a"
                + " letter first and a letter or digit last.");
      }
      var others = new TreeSet<String>();
      fields.keySet().forEach(key -> others.add(String.valueOf(key)));
      others.removeAll(KEYS);
      if (!others.isEmpty()) {
        warnings.add(start + "has keys that mean nothing: " + String.join(", ", others) + ".");
      }
      Optional<List<String>> users = names(start, "users", fields);
      Optional<List<String>> groups = names(start, "groups", fields);
      if (managedByAuthenticator && (isSome(users) || isSome(groups))) {
        problems.add(
            start
                + "can't be given to users or groups here, because the authenticator manages"
                + " roles.");
      }
      // What is left out means nobody, but for those who have the role by what they are.
      boolean admin = name.equals(ADMIN);
      Optional<List<String>> nobody = Optional.of(List.of());
      return Optional.of(
          new RoleDefinition(
              name,
              description(start, name, fields),
              scopes(start, name, fields),
              users.or(() -> admin || name.equals(USER) ? Optional.empty() : nobody),
              names(start, "services", fields).or(() -> admin ? Optional.empty() : nobody),
              groups.or(() -> nobody)));
    }

    private Optional<String> description(String start, String name, Map<?, ?> fields) {
      Optional<String> byDefault =
          Optional.ofNullable(defaults.get(name)).flatMap(RoleDefinition::description);
      @Nullable Object description = fields.get("description");
      if (description == null) {
        return byDefault;
      }
      if (!(description instanceof String text)) {
        problems.add(start + "has a description that is no text.");
        return byDefault;
      }
      return name.equals(ADMIN) ? byDefault : Optional.of(text);
    }

    private List<String> scopes(String start, String name, Map<?, ?> fields) {
      Optional<List<String>> given = names(start, "scopes", fields);
      @Nullable RoleDefinition standard = defaults.get(name);
      if (given.isEmpty() && standard != null) {
        return standard.scopes();
      }
      List<String> scopes = given.orElse(List.of());
      for (String problem : table.problems(scopes)) {
        problems.add(start + "can't be used: " + problem);
      }
      if (scopes.isEmpty()) {
        warnings.add(start + "has no scopes.");
      }
      if (name.equals(ADMIN)
          && standard != null
          && !Set.copyOf(scopes).equals(Set.copyOf(standard.scopes()))) {
        problems.add(
            start + "can't have other scopes than it has; leave them out, or name a new role.");
      }
      if (name.equals(USER)) {
        warnOfUserScopes(scopes);
      }
      return scopes;
    }

    private void warnOfUserScopes(List<String> scopes) {
      if (!extraUserScopes.isEmpty()) {
        warnings.add(
            "The scopes of the role 'user' are given in load_roles, so that extra_user_scopes"
                + " means nothing.");
      }
      if (!scopes.contains(StandardScope.SELF.scopeName())) {
        warnings.add(
            "The role 'user' is given without the scope 'self', so that users can't start or see"
                + " their own servers. To add something, use extra_user_scopes.");
      }
    }

    private Optional<List<String>> names(String start, String key, Map<?, ?> fields) {
      @Nullable Object value = fields.get(key);
      if (value == null) {
        return Optional.empty();
      }
      if (!(value instanceof Collection<?> names)
          || !names.stream().allMatch(String.class::isInstance)) {
        problems.add(start + "has " + key + " that are no list of texts.");
        return Optional.of(List.of());
      }
      return Optional.of(names.stream().map(String.class::cast).distinct().toList());
    }

    private static boolean isSome(Optional<List<String>> names) {
      return names.isPresent() && !names.get().isEmpty();
    }
  }
}
