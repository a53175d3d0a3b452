package dev.orrery.hub.settings;

import dev.orrery.http.PlainJson;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A group as the settings describe it.
 *
 * @param users who is in it besides those the database knows
 * @param properties a JSON object; nothing where the database decides
 */
public record GroupDefinition(String name, List<String> users, Optional<String> properties) {

  public GroupDefinition {
    users = List.copyOf(users);
  }

  /**
   * Reads {@code load_groups}.
   *
   * @param groups by the name of a group its people, or a map with {@code users} and {@code
   *     properties}
   * @param problems gets a sentence for all that is wrong
   */
  static List<GroupDefinition> read(Map<String, ?> groups, Collection<String> problems) {
    var read = new ArrayList<GroupDefinition>();
    groups.forEach((name, contents) -> {
      @Nullable Object users = contents instanceof Map<?, ?> map ? map.get("users") : contents;
      Optional<String> properties =
          contents instanceof Map<?, ?> map && map.get("properties") instanceof Map<?, ?> given
              ? Optional.of(text(given))
              : Optional.empty();
      if (users == null && contents instanceof Map<?, ?>) {
        read.add(new GroupDefinition(name, List.of(), properties));
      } else if (users instanceof Collection<?> names
          && names.stream().allMatch(String.class::isInstance)) {
        read.add(
            new GroupDefinition(name, names.stream().map(String.class::cast).toList(), properties));
      } else {
        problems.add(
            "The group '"
                + name
                + "' has to be a list of names, or a dictionary with 'users' and 'properties'.");
      }
    });
    return read;
  }

  private static String text(Map<?, ?> properties) {
    var plain = new LinkedHashMap<String, Object>();
    properties.forEach((key, value) -> {
      if (value != null) {
        plain.put(String.valueOf(key), value);
      }
    });
    return PlainJson.text(plain);
  }
}
