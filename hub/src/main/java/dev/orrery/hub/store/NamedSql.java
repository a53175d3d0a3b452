package dev.orrery.hub.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A statement with its values by position, made of one with their names: {@code :name} is a value,
 * {@code <name>} a list of them.
 *
 * @param text with a question mark for each value
 * @param values in the order of the marks
 */
record NamedSql(String text, List<Object> values) {

  /** Lists get as long as a power of two, by their last value, so that statements stay few. */
  private static final int MOST_PADDED = 4096;

  /** Texts are few, for they are written in the program. */
  private static final int MOST_READ = 1000;

  private static final Map<String, List<Part>> READ = new ConcurrentHashMap<>();

  /** What a text consists of. */
  private sealed interface Part {
    record Plain(String text) implements Part {}

    record Value(String name) implements Part {}

    record Values(String name) implements Part {}
  }

  /**
   * Puts values to their places; one that is missing is a mistake in the program.
   *
   * @param given a value, a list of values, or {@link Sql.None} by name
   */
  static NamedSql of(String sql, Map<String, Object> given) {
    List<Part> parts = READ.get(sql);
    if (parts == null) {
      parts = parts(sql);
      if (READ.size() < MOST_READ) {
        READ.put(sql, parts);
      }
    }
    var text = new StringBuilder(sql.length());
    var values = new ArrayList<Object>();
    for (Part part : parts) {
      switch (part) {
        case Part.Plain(String plain) -> text.append(plain);
        case Part.Value(String name) -> {
          text.append('?');
          values.add(value(sql, name, given));
        }
        case Part.Values(String name) -> put((List<?>) value(sql, name, given), text, values);
      }
    }
    return new NamedSql(text.toString(), values);
  }

  private static Object value(String sql, String name, Map<String, Object> given) {
    Object value = given.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no value for " + name + " in: " + sql);
    }
    return value;
  }

  private static List<Part> parts(String sql) {
    var parts = new ArrayList<Part>();
    int plain = 0;
    boolean quoted = false;
    for (int at = 0; at < sql.length(); at++) {
      char c = sql.charAt(at);
      quoted ^= c == '\'';
      // Two colons are a type, for PostgreSQL.
      boolean sign = c == '<' || c == ':' && (at == 0 || sql.charAt(at - 1) != ':');
      int end = quoted || !sign ? at : nameEnd(sql, at + 1);
      if (end <= at + 1 || c == '<' && !isClosed(sql, end)) {
        continue;
      }
      parts.add(new Part.Plain(sql.substring(plain, at)));
      String name = sql.substring(at + 1, end);
      parts.add(c == '<' ? new Part.Values(name) : new Part.Value(name));
      plain = c == '<' ? end + 1 : end;
      at = plain - 1;
    }
    parts.add(new Part.Plain(sql.substring(plain)));
    return List.copyOf(parts);
  }

  private static int nameEnd(String sql, int start) {
    int end = start;
    while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isClosed(String sql, int end) {
    return end < sql.length() && sql.charAt(end) == '>';
  }

  private static void put(List<?> list, StringBuilder text, List<Object> values) {
    int length = list.size();
    int padded = length > MOST_PADDED ? length : Integer.highestOneBit(length * 2 - 1);
    for (int i = 0; i < padded; i++) {
      text.append(i == 0 ? "?" : ",?");
      values.add(list.get(Math.min(i, length - 1)));
    }
  }
}
