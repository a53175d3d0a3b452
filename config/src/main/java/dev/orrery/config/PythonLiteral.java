package dev.orrery.config;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads Python literals as {@code ast.literal_eval} does: texts, bytes, numbers, {@code None},
 * truth values, tuples, lists, sets and dictionaries. Tuples and sets become lists; keys become
 * text as in Python's {@code json}. Complex numbers and {@code ...} are refused, having no such
 * form.
 */
final class PythonLiteral {

  private static final int MAX_LENGTH = 1_000_000;
  private static final int MAX_DEPTH = 100;
  private static final Pattern DECIMAL = Pattern.compile("0+(_0+)*|[1-9]\\d*(_\\d+)*");
  private static final Pattern RADIX =
      Pattern.compile("0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+");
  private static final Pattern FLOAT =
      Pattern.compile("(\\d+(_\\d+)*)?(\\.(\\d+(_\\d+)*)?)?([eE][+-]?\\d+(_\\d+)*)?");

  /** What is wrong with the text; caught by {@link #parse}, where it becomes a value. */
  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  private final String text;
  private int at;

  private PythonLiteral(String text) {
    this.text = text;
  }

  /** The value of a literal, where nothing stands for {@code None}; or what is wrong with it. */
  static Conversion<Optional<Object>> parse(String text) {
    if (text.length() > MAX_LENGTH) {
      return new Conversion.Bad<>("it is longer than " + MAX_LENGTH + " characters");
    }
    try {
      var parser = new PythonLiteral(text);
      return new Conversion.Good<>(Optional.ofNullable(parser.document()));
    } catch (Malformed e) {
      return new Conversion.Bad<>(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Object document() throws Malformed {
    skipSpace(true);
    @Nullable Object value = value(0);
    skipSpace(false);
    if (peek() == ',') {
      value = commaSeparated(value);
    }
    skipSpace(true);
    if (at < text.length()) {
      throw malformed("nothing more");
    }
    return value;
  }

  /** A tuple without brackets: {@code 1, 2}. */
  private List<@Nullable Object> commaSeparated(@Nullable Object first) throws Malformed {
    List<@Nullable Object> items = new ArrayList<>();
    items.add(first);
    while (peek() == ',') {
      at++;
      skipSpace(false);
      if (at >= text.length() || peek() == '\n' || peek() == '#') {
        break;
      }
      items.add(value(0));
      skipSpace(false);
    }
    return Collections.unmodifiableList(items);
  }

  private @Nullable Object value(int depth) throws Malformed {
    if (depth > MAX_DEPTH) {
      throw new Malformed("it is nested deeper than " + MAX_DEPTH + " levels");
    }
    char c = peek();
    return switch (c) {
      case '[' -> sequence(']', depth).items();
      case '(' -> parenthesis(depth);
      case '{' -> braces(depth);
      case '"', '\'' -> text(depth > 0);
      case '+', '-' -> signed();
      default -> isDigit(c) || c == '.' ? number() : word(depth > 0);
    };
  }

  private record Items(List<@Nullable Object> items, boolean trailingComma) {}

  private Items sequence(char end, int depth) throws Malformed {
    at++;
    List<@Nullable Object> items = new ArrayList<>();
    boolean comma = false;
    while (true) {
      skipSpace(true);
      if (peek() == end) {
        at++;
        return new Items(Collections.unmodifiableList(items), comma);
      }
      if (!items.isEmpty() && !comma) {
        throw malformed("a comma or " + end);
      }
      items.add(value(depth + 1));
      skipSpace(true);
      comma = peek() == ',';
      if (comma) {
        at++;
      }
    }
  }

  private @Nullable Object parenthesis(int depth) throws Malformed {
    var items = sequence(')', depth);
    return items.items().size() == 1 && !items.trailingComma()
        ? items.items().getFirst()
        : items.items();
  }

  /** A set or a dictionary, which only what follows the first element tells apart. */
  private Object braces(int depth) throws Malformed {
    at++;
    skipSpace(true);
    if (peek() == '}') {
      at++;
      return Map.of();
    }
    Object first = value(depth + 1);
    skipSpace(true);
    return peek() == ':' ? dictionary(first, depth) : set(first, depth);
  }

  private List<@Nullable Object> set(@Nullable Object first, int depth) throws Malformed {
    List<@Nullable Object> items = new ArrayList<>();
    items.add(first);
    while (elementFollows()) {
      items.add(value(depth + 1));
    }
    for (Object item : items) {
      if (item instanceof Map) {
        throw new Malformed("a set cannot contain a dictionary");
      }
    }
    return Collections.unmodifiableList(items);
  }

  private Map<String, @Nullable Object> dictionary(@Nullable Object firstKey, int depth)
      throws Malformed {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    Object key = firstKey;
    while (true) {
      skipSpace(true);
      expect(':');
      skipSpace(true);
      map.put(keyText(key), value(depth + 1));
      if (!elementFollows()) {
        return Collections.unmodifiableMap(map);
      }
      key = value(depth + 1);
    }
  }

  /** Steps over a comma to the next element, or over the closing brace. */
  private boolean elementFollows() throws Malformed {
    skipSpace(true);
    boolean comma = peek() == ',';
    if (comma) {
      at++;
      skipSpace(true);
    }
    if (peek() == '}') {
      at++;
      return false;
    }
    if (!comma) {
      throw malformed("a comma or }");
    }
    return true;
  }

  private static String keyText(@Nullable Object key) throws Malformed {
    return PlainValues.keyText(key)
        .orElseThrow(() -> new Malformed("a key is neither text, number, truth value nor None"));
  }

  private @Nullable Object word(boolean inBrackets) throws Malformed {
    int start = at;
    while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
      at++;
    }
    String word = text.substring(start, at);
    if (isQuote(peek()) && PythonText.isPrefix(word)) {
      at = start;
      return text(inBrackets);
    }
    return switch (word) {
      case "None" -> null;
      case "True" -> true;
      case "False" -> false;
      case "set" -> emptySet();
      default -> {
        at = start;
        throw malformed("a Python literal");
      }
    };
  }

  private List<Object> emptySet() throws Malformed {
    skipSpace(false);
    expect('(');
    skipSpace(true);
    expect(')');
    return List.of();
  }

  /** One or more adjacent texts, which Python joins. */
  private Object text(boolean inBrackets) throws Malformed {
    var joined = new StringBuilder();
    @Nullable Boolean bytes = null;
    do {
      var part = PythonText.read(text, at);
      switch (part) {
        case PythonText.Broken(var rule) -> throw new Malformed(rule);
        case PythonText.Read(var content, var isBytes, var end) -> {
          if (bytes != null && bytes != isBytes) {
            throw new Malformed("bytes and text cannot be joined");
          }
          bytes = isBytes;
          joined.append(content);
          at = end;
        }
      }
      int resume = at;
      // Inside brackets a line may end between the parts; outside it ends the literal.
      skipSpace(inBrackets);
      if (!PythonText.startsAt(text, at)) {
        at = resume;
        break;
      }
    } while (true);
    return bytes ? PythonText.latin1(joined) : joined.toString();
  }

  private Object signed() throws Malformed {
    boolean negative = peek() == '-';
    at++;
    skipSpace(false);
    int brackets = 0;
    while (peek() == '(' && brackets < MAX_DEPTH) {
      at++;
      brackets++;
      skipSpace(true);
    }
    Object number = number();
    for (; brackets > 0; brackets--) {
      skipSpace(true);
      expect(')');
    }
    if (!negative) {
      return number;
    }
    return switch (number) {
      case Double real -> -real;
      case BigInteger whole -> PlainValues.whole(whole.negate());
      default -> PlainValues.whole(BigInteger.valueOf((Long) number).negate());
    };
  }

  private Object number() throws Malformed {
    int start = at;
    while (at < text.length() && isNumberPart(start)) {
      at++;
    }
    String digits = text.substring(start, at);
    if (DECIMAL.matcher(digits).matches()) {
      return wholeNumber(digits.replace("_", ""), 10);
    }
    if (RADIX.matcher(digits).matches()) {
      int radix =
          switch (digits.charAt(1)) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            default -> 2;
          };
      return wholeNumber(digits.substring(2).replace("_", ""), radix);
    }
    boolean real = digits.indexOf('.') >= 0 || digits.indexOf('e') >= 0 || digits.indexOf('E') >= 0;
    boolean anyDigit =
        !digits.isEmpty()
            && (isDigit(digits.charAt(0)) || digits.length() > 1 && isDigit(digits.charAt(1)));
    if (real && anyDigit && FLOAT.matcher(digits).matches()) {
      return Double.valueOf(digits.replace("_", ""));
    }
    at = start;
    throw malformed("a number");
  }

  private Object wholeNumber(String digits, int radix) throws Malformed {
    // Python refuses more decimal digits too.
    if (digits.length() > 4_300 && radix == 10) {
      throw new Malformed("a number has more than 4300 digits");
    }
    return PlainValues.whole(new BigInteger(digits, radix));
  }

  private boolean isNumberPart(int start) {
    char c = text.charAt(at);
    if (c == '+' || c == '-') {
      char before = at > start ? text.charAt(at - 1) : ' ';
      boolean hex = text.startsWith("0x", start) || text.startsWith("0X", start);
      return (before == 'e' || before == 'E') && !hex;
    }
    return c == '.' || c == '_' || Character.isLetterOrDigit(c);
  }

  private void skipSpace(boolean lines) {
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean joinedLine = c == '\\' && text.startsWith("\n", at + 1);
      if (c == ' ' || c == '\t' || c == '\f' || lines && (c == '\n' || c == '\r')) {
        at++;
      } else if (joinedLine) {
        at += 2;
      } else if (c == '#') {
        while (at < text.length() && text.charAt(at) != '\n') {
          at++;
        }
      } else {
        return;
      }
    }
  }

  private void expect(char wanted) throws Malformed {
    if (peek() != wanted) {
      throw malformed(String.valueOf(wanted));
    }
    at++;
  }

  private Malformed malformed(String wanted) {
    String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
    return new Malformed(
        "at character " + (at + 1) + " there is " + found + " instead of " + wanted);
  }

  /** The next character; the end reads as a character that nothing expects. */
  private char peek() {
    return at < text.length() ? text.charAt(at) : '\uffff';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isQuote(char c) {
    return c == '"' || c == '\'';
  }
}
