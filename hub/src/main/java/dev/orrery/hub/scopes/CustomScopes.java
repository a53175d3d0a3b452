package dev.orrery.hub.scopes;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Scopes of the configuration, which the hub hands out and others give a meaning.
 *
 * @param table the scopes of every hub and these; those of every hub alone if there are problems
 * @param problems why the hub can't start, a sentence each
 * @param warnings what is ignored, a sentence each
 */
public record CustomScopes(ScopeTable table, List<String> problems, List<String> warnings) {

  private static final Pattern NAME = Pattern.compile("custom:[a-z0-9][a-z0-9_\\-*:]+[a-z0-9_*]");
  private static final String DESCRIPTION = "description";
  private static final String SUBSCOPES = "subscopes";

  public CustomScopes {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /**
   * Checks what is configured.
   *
   * @param configured by the name of a scope a map with {@code description} and, where it implies
   *     others, {@code subscopes}
   */
  public static CustomScopes check(Map<String, ?> configured) {
    var problems = new ArrayList<String>();
    var warnings = new ArrayList<String>();
    var scopes = new ArrayList<Scope>();
    configured.forEach((name, definition) -> {
      var found = new ArrayList<String>();
      Scope scope = read(name, definition, configured.keySet(), found, warnings);
      if (found.isEmpty()) {
        scopes.add(scope);
      }
      problems.addAll(found);
    });
    if (problems.isEmpty()) {
      circles(scopes, problems);
    }
    ScopeTable table = problems.isEmpty() ? new ScopeTable(scopes) : ScopeTable.standard();
    return new CustomScopes(table, problems, warnings);
  }

  private static Scope read(
      String name,
      @Nullable Object definition,
      Set<String> all,
      List<String> problems,
      List<String> warnings) {
    String start = "The custom scope '" + name + "' ";
    if (!NAME.matcher(name).matches()) {
      problems.add(
          start
              + "has no valid name: after 'custom:' it has to have at least three small letters, digits"
              + " and -_:* with a letter or digit first, and no - or : last.");
    }
    if (!(definition instanceof Map<?, ?> fields)) {
      problems.add(start + "has to be a dictionary with a description.");
      return new Scope(name, "", List.of());
    }
    if (!(fields.get(DESCRIPTION) instanceof String)) {
      problems.add(start + "needs a description, which users read before they agree to it.");
    }
    var others = new TreeSet<String>();
    fields.keySet().forEach(key -> others.add(String.valueOf(key)));
    others.removeAll(Set.of(DESCRIPTION, SUBSCOPES));
    if (!others.isEmpty()) {
      warnings.add(start + "has keys that mean nothing: " + String.join(", ", others) + ".");
    }
    return new Scope(
        name,
        String.valueOf(fields.get(DESCRIPTION)),
        implied(start, fields.get(SUBSCOPES), all, problems));
  }

  private static List<String> implied(
      String start, @Nullable Object subscopes, Set<String> all, List<String> problems) {
    if (subscopes == null) {
      return List.of();
    }
    var implied = new ArrayList<String>();
    if (!(subscopes instanceof List<?> names)) {
      problems.add(start + "has subscopes that are no list of names.");
      return implied;
    }
    for (Object name : names) {
      if (!(name instanceof String subscope)) {
        problems.add(start + "has a subscope that is no text: " + name + ".");
      } else if (all.contains(subscope)) {
        implied.add(subscope);
      } else if (ScopeTable.standard().find(subscope).isPresent()) {
        problems.add(
            start
                + "can't imply '"
                + subscope
                + "', which is no custom scope; put both into a role.");
      } else {
        problems.add(start + "implies '" + subscope + "', which is not defined.");
      }
    }
    return implied;
  }

  private static void circles(List<Scope> scopes, List<String> problems) {
    var table = new ScopeTable(scopes);
    Set<String> inCircles = new HashSet<>();
    for (Scope scope : scopes) {
      for (String implied : scope.implies()) {
        if (table.closure(implied).contains(scope.name())) {
          inCircles.add(scope.name());
        }
      }
    }
    if (!inCircles.isEmpty()) {
      problems.add(
          "These custom scopes imply each other in a circle: "
              + inCircles.stream().sorted().collect(joining(", "))
              + ".");
    }
  }
}
