package dev.orrery.config;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The values that configuration consists of, whichever source they come from: {@code null}, {@code
 * Boolean}, {@code Long}, {@code BigInteger} (only when too large for a {@code Long}), {@code
 * Double}, {@code String}, {@code byte[]}, {@code List} and {@code Map} with text keys.
 */
final class PlainValues {

  private static final int MAX_SHOWN = 200;

  private PlainValues() {}

  /** The one representation of a whole number. */
  static Object whole(BigInteger number) {
    if (number.bitLength() < 64) {
      return number.longValue();
    }
    return number;
  }

  /** How Python's {@code json} writes a key that is no text; nothing for what it refuses. */
  static Optional<String> keyText(@Nullable Object key) {
    return switch (key) {
      case null -> Optional.of("null");
      case String text -> Optional.of(text);
      case Boolean truth -> Optional.of(truth.toString());
      case Long number -> Optional.of(number.toString());
      case BigInteger number -> Optional.of(number.toString());
      case Double number -> Optional.of(real(number));
      default -> Optional.empty();
    };
  }

  /** The same value with lists and dictionaries that nobody can change, at every depth. */
  static @Nullable Object frozen(@Nullable Object value) {
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      list.forEach(item -> copy.add(frozen(item)));
      return Collections.unmodifiableList(copy);
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, item) -> copy.put(key, frozen(item)));
      return Collections.unmodifiableMap(copy);
    }
    return value;
  }

  /** Equality in which arrays of bytes count by content and sets of keys have no order. */
  static boolean equal(@Nullable Object one, @Nullable Object other) {
    if (one instanceof byte[] a && other instanceof byte[] b) {
      return Arrays.equals(a, b);
    }
    if (one instanceof List<?> a && other instanceof List<?> b) {
      return a.size() == b.size()
          && IntStream.range(0, a.size()).allMatch(i -> equal(a.get(i), b.get(i)));
    }
    if (one instanceof Map<?, ?> a && other instanceof Map<?, ?> b) {
      return a.keySet().equals(b.keySet())
          && a.keySet().stream().allMatch(key -> equal(a.get(key), b.get(key)));
    }
    return Objects.equals(one, other);
  }

  /** For a sentence: the Python form, cut off where it gets long. */
  static String shown(@Nullable Object value) {
    String python = python(value);
    return python.length() <= MAX_SHOWN ? python : python.substring(0, MAX_SHOWN) + "…";
  }

  /** The value as Python writes it with {@code repr}. */
  static String python(@Nullable Object value) {
    return switch (value) {
      case null -> "None";
      case Boolean truth -> truth ? "True" : "False";
      case String text -> quoted(text);
      case byte[] bytes -> "b" + quotedBytes(bytes);
      case Double number -> pythonReal(number);
      case List<?> list -> list(list);
      case Map<?, ?> map -> dictionary(map);
      default -> value.toString();
    };
  }

  private static String pythonReal(double number) {
    return Double.isFinite(number) ? real(number) : "float('" + real(number) + "')";
  }

  static String real(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    return Double.toString(number).replace("E-", "e-").replace("E", "e+");
  }

  private static String list(List<?> list) {
    List<String> items = new ArrayList<>();
    list.forEach(item -> items.add(python(item)));
    return "[" + String.join(", ", items) + "]";
  }

  private static String dictionary(Map<?, ?> map) {
    List<String> items = new ArrayList<>();
    map.forEach((key, value) -> items.add(python(key) + ": " + python(value)));
    return "{" + String.join(", ", items) + "}";
  }

  private static String quotedBytes(byte[] bytes) {
    var out = new StringBuilder("'");
    for (byte b : bytes) {
      char c = (char) (b & 0xff);
      if (c == '\'' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 32 || c > 126) {
        out.append(String.format("\\x%02x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('\'').toString();
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    // Half a surrogate pair cannot be written to a file; escaped, Python reads it back alike.
    boolean halves = !StandardCharsets.UTF_8.newEncoder().canEncode(text);
    var out = new StringBuilder().append(quote);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\\' -> out.append("\\\\");
        default -> {
          if (c == quote) {
            out.append('\\').append(c);
          } else if (c < 32 || c >= 127 && c < 160) {
            out.append(String.format("\\x%02x", (int) c));
          } else if (halves && Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append(quote).toString();
  }
}
