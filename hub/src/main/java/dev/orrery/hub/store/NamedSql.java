package dev.orrery.hub.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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

  /**
   * Puts values to their places; one that is missing is a mistake in the program.
   *
   * @param given a value, a list of values, or {@link Sql.None} by name
   */
  static NamedSql of(String sql, Map<String, Object> given) {
    if (given.isEmpty()) {
      return new NamedSql(sql, List.of());
    }
    var text = new StringBuilder(sql.length());
    var values = new ArrayList<Object>();
    boolean quoted = false;
    for (int at = 0; at < sql.length(); at++) {
      char c = sql.charAt(at);
      quoted ^= c == '\'';
      // Two colons are a type, for PostgreSQL.
      boolean sign = c == '<' || c == ':' && (at == 0 || sql.charAt(at - 1) != ':');
      int end = quoted || !sign ? at : nameEnd(sql, at + 1);
      if (end == at || end == at + 1 || c == '<' && !isClosed(sql, end)) {
        text.append(c);
        continue;
      }
      String name = sql.substring(at + 1, end);
      Object value = given.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no value for " + name + " in: " + sql);
      }
      if (c == '<') {
        put((List<?>) value, text, values);
        at = end;
      } else {
        text.append('?');
        values.add(value);
        at = end - 1;
      }
    }
    return new NamedSql(text.toString(), values);
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
