package dev.orrery.kubernetes.names;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fills in templates such as {@code claim-{username}}. As in Python, a brace that is meant is
 * written twice.
 */
public final class Templates {

  private final Map<String, String> fields;

  private Templates(Map<String, String> fields) {
    this.fields = fields;
  }

  /** Templates for one server. */
  public static Templates of(NameFields names) {
    return new Templates(names.values());
  }

  /** The same with one more field, or another value of one. */
  public Templates with(String field, String value) {
    var more = new LinkedHashMap<>(fields);
    more.put(field, value);
    return new Templates(more);
  }

  /**
   * The text with its fields filled in, without the hyphens at its end that an empty field leaves.
   *
   * @throws IllegalArgumentException when the template has a field nobody knows, or a single brace
   */
  public String filled(String template) {
    var filled = new StringBuilder();
    int at = 0;
    while (at < template.length()) {
      char c = template.charAt(at);
      if (c != '{' && c != '}') {
        filled.append(c);
        at++;
      } else if (at + 1 < template.length() && template.charAt(at + 1) == c) {
        filled.append(c);
        at += 2;
      } else {
        int end = c == '{' ? template.indexOf('}', at) : -1;
        if (end < 0) {
          throw new IllegalArgumentException(
              "'"
                  + template
                  + "' has a single '"
                  + c
                  + "'; write '"
                  + c
                  + c
                  + "' for the character");
        }
        filled.append(field(template.substring(at + 1, end), template));
        at = end + 1;
      }
    }
    int length = filled.length();
    while (!template.endsWith("-") && length > 0 && filled.charAt(length - 1) == '-') {
      length--;
    }
    return filled.substring(0, length);
  }

  private String field(String name, String template) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "'"
              + template
              + "' has the field {"
              + name
              + "}; there are "
              + String.join(", ", fields.keySet())
              + ", and a brace that is meant is written twice");
    }
    return value;
  }

  /** The same tree with all texts in it filled in, though not the keys of its maps. */
  public @Nullable Object filledTree(@Nullable Object tree) {
    return switch (tree) {
      case String text -> filled(text);
      case List<?> list -> filledItems(list);
      case Map<?, ?> map -> filledMap(map);
      case null, default -> tree;
    };
  }

  /** A list with all texts in it filled in. */
  public List<@Nullable Object> filledItems(List<?> list) {
    var filled = new ArrayList<@Nullable Object>();
    list.forEach(item -> filled.add(filledTree(item)));
    return filled;
  }

  /** A map with all texts among its values filled in. */
  public Map<String, @Nullable Object> filledMap(Map<?, ?> map) {
    var filled = new LinkedHashMap<String, @Nullable Object>();
    map.forEach((key, value) -> filled.put(String.valueOf(key), filledTree(value)));
    return filled;
  }
}
