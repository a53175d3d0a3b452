package dev.orrery.kubernetes.manifests;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The environment of a container. Kubernetes fills in {@code $(NAME)} only where {@code NAME} comes
 * earlier in the list, so the order is one in which as many as possible do.
 */
final class Variables {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\(([^)]+)\\)");

  private Variables() {}

  /** One variable: its object, and which others have to come before it. */
  private record Variable(Map<String, Object> object, Set<String> after) {

    String name() {
      return String.valueOf(object.get("name"));
    }
  }

  /**
   * The list for a container.
   *
   * @param environment texts, or objects of the API such as {@code {"valueFrom": …}}
   */
  static List<Map<String, Object>> ordered(Map<String, ?> environment) {
    var left = new TreeMap<String, Variable>();
    environment.forEach((key, value) -> left.put(key, variable(key, value)));
    var ordered = new ArrayList<Map<String, Object>>();
    var there = new HashSet<String>();
    while (!left.isEmpty()) {
      List<Map.Entry<String, Variable>> next =
          left.entrySet().stream()
              .filter(entry -> there.containsAll(entry.getValue().after()))
              .toList();
      // What refers to nothing that is there, or in a circle, comes at the end.
      next = next.isEmpty() ? List.copyOf(left.entrySet()) : next;
      for (var entry : next) {
        ordered.add(entry.getValue().object());
        there.add(entry.getValue().name());
        left.remove(entry.getKey());
      }
    }
    return ordered;
  }

  private static Variable variable(String key, Object value) {
    Map<String, Object> object =
        value instanceof Map<?, ?>
            ? Trees.object(value, "environment")
            : Trees.tree("value", String.valueOf(value));
    object.putIfAbsent("name", key);
    var after = new HashSet<String>();
    if (object.get("value") instanceof String text) {
      REFERENCE.matcher(text).results().forEach(match -> after.add(match.group(1)));
      after.remove(String.valueOf(object.get("name")));
    }
    return new Variable(object, after);
  }
}
