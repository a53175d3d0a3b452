package dev.orrery.config;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of traits. Each follows the {@code validate} and {@code from_string} of its traitlet.
 */
final class Kinds {

  private Kinds() {}

  static <T> Conversion<T> good(T value) {
    return new Conversion.Good<>(value);
  }

  static <T> Conversion<T> bad(String rule) {
    return new Conversion.Bad<>(rule);
  }

  /** The only text, or nothing when an argument that takes one value was repeated. */
  private static Optional<String> single(List<String> texts) {
    return texts.size() == 1 ? Optional.of(texts.getFirst()) : Optional.empty();
  }

  private static <T> Conversion<T> repeated() {
    return bad("takes one value and was given several; give it once");
  }

  record Bool() implements Kind<Boolean> {

    private static final String RULE = "must be True or False";

    @Override
    public String label() {
      return "Bool";
    }

    @Override
    public Conversion<Boolean> fromValue(@Nullable Object value) {
      return value instanceof Boolean truth ? good(truth) : bad(RULE);
    }

    @Override
    public Conversion<Boolean> fromTexts(List<String> texts, String home) {
      var text = single(texts);
      if (text.isEmpty()) {
        return repeated();
      }
      return switch (text.get().toLowerCase(Locale.ROOT)) {
        case "true", "1" -> good(true);
        case "false", "0" -> good(false);
        default -> bad("must be true, 1, false or 0");
      };
    }

    @Override
    public Object plain(Boolean value) {
      return value;
    }
  }

  record Int() implements Kind<Integer> {

    @Override
    public String label() {
      return "Int";
    }

    @Override
    public Conversion<Integer> fromValue(@Nullable Object value) {
      return narrow(Numbers.whole(value));
    }

    @Override
    public Conversion<Integer> fromTexts(List<String> texts, String home) {
      var text = single(texts);
      return text.isEmpty() ? repeated() : narrow(Numbers.parseWhole(text.get()));
    }

    private static Conversion<Integer> narrow(Optional<BigInteger> whole) {
      if (whole.isEmpty()) {
        return bad("must be a whole number");
      }
      return whole.get().bitLength() < 32
          ? good(whole.get().intValue())
          : bad("must be a whole number from -2147483648 to 2147483647");
    }

    @Override
    public Object plain(Integer value) {
      return (long) value;
    }
  }

  record LongInt() implements Kind<Long> {

    @Override
    public String label() {
      return "Int";
    }

    @Override
    public Conversion<Long> fromValue(@Nullable Object value) {
      return narrow(Numbers.whole(value));
    }

    @Override
    public Conversion<Long> fromTexts(List<String> texts, String home) {
      var text = single(texts);
      return text.isEmpty() ? repeated() : narrow(Numbers.parseWhole(text.get()));
    }

    private static Conversion<Long> narrow(Optional<BigInteger> whole) {
      if (whole.isEmpty()) {
        return bad("must be a whole number");
      }
      return whole.get().bitLength() < 64
          ? good(whole.get().longValue())
          : bad("must be a whole number of at most 64 bits");
    }

    @Override
    public Object plain(Long value) {
      return value;
    }
  }

  /** A number of bytes; text may end in K, M, G or T, each of which is 1024 of the one before. */
  record ByteSize() implements Kind<Long> {

    private static final Pattern FORM =
        Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)([KMGT]?)");
    private static final String UNITS = "KMGT";
    private static final String RULE =
        "must be a number of bytes, or a number with one of the letters K, M, G and T behind it";

    @Override
    public String label() {
      return "ByteSpecification";
    }

    @Override
    public Conversion<Long> fromValue(@Nullable Object value) {
      return switch (value) {
        case String text -> parse(text);
        case Double number when number >= 0 && number < Long.MAX_VALUE -> good(number.longValue());
        case null, default ->
            new LongInt().fromValue(value) instanceof Conversion.Good<Long>(var bytes) && bytes >= 0
                ? good(bytes)
                : bad(RULE);
      };
    }

    @Override
    public Conversion<Long> fromTexts(List<String> texts, String home) {
      var text = single(texts);
      return text.isEmpty() ? repeated() : parse(text.get());
    }

    private static Conversion<Long> parse(String text) {
      var matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        return bad(RULE);
      }
      int power = UNITS.indexOf(matcher.group(2)) + (matcher.group(2).isEmpty() ? 0 : 1);
      double bytes = Double.parseDouble(matcher.group(1)) * Math.pow(1024, power);
      return bytes < Long.MAX_VALUE ? good((long) bytes) : bad(RULE);
    }

    @Override
    public Object plain(Long value) {
      return value;
    }
  }

  record Real() implements Kind<Double> {

    private static final String RULE = "must be a number";

    @Override
    public String label() {
      return "Float";
    }

    @Override
    public Conversion<Double> fromValue(@Nullable Object value) {
      return switch (value) {
        case Boolean truth -> good(truth ? 1.0 : 0.0);
        case Number number -> good(number.doubleValue());
        case null, default -> bad(RULE);
      };
    }

    @Override
    public Conversion<Double> fromTexts(List<String> texts, String home) {
      var text = single(texts);
      if (text.isEmpty()) {
        return repeated();
      }
      return Numbers.parseReal(text.get()).<Conversion<Double>>map(Kinds::good).orElse(bad(RULE));
    }

    @Override
    public Object plain(Double value) {
      return value;
    }
  }

  record Text() implements Kind<String> {

    @Override
    public String label() {
      return "Unicode";
    }

    @Override
    public Conversion<String> fromValue(@Nullable Object value) {
      return switch (value) {
        case String text -> good(text);
        case byte[] bytes -> decode(bytes);
        case null, default -> bad("must be text");
      };
    }

    private static Conversion<String> decode(byte[] bytes) {
      try {
        return good(
            StandardCharsets.US_ASCII.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
      } catch (CharacterCodingException e) {
        return bad("must be text, or bytes that are ASCII");
      }
    }

    @Override
    public Conversion<String> fromTexts(List<String> texts, String home) {
      var text = single(texts);
      return text.isEmpty() ? repeated() : good(unquote(expandHome(text.get(), home)));
    }

    static String expandHome(String text, String home) {
      boolean own = text.equals("~") || text.startsWith("~/");
      return own && !home.isEmpty() ? home + text.substring(1) : text;
    }

    /** Removes the quotes that old command lines put around text; traitlets still does. */
    private static String unquote(String text) {
      String rest = text;
      for (char quote : new char[] {'"', '\''}) {
        if (rest.length() >= 2
            && rest.charAt(0) == quote
            && rest.charAt(rest.length() - 1) == quote) {
          rest = rest.substring(1, rest.length() - 1);
        }
      }
      return rest;
    }

    @Override
    public Object plain(String value) {
      return value;
    }
  }

  record Bytes() implements Kind<byte[]> {

    private static final Pattern LITERAL = Pattern.compile("b(['\"])(.*)\\1", Pattern.DOTALL);

    @Override
    public String label() {
      return "Bytes";
    }

    @Override
    public Conversion<byte[]> fromValue(@Nullable Object value) {
      return switch (value) {
        case byte[] bytes -> good(bytes);
        case String text -> good(text.getBytes(StandardCharsets.UTF_8));
        case null, default -> bad("must be bytes or text");
      };
    }

    @Override
    public Conversion<byte[]> fromTexts(List<String> texts, String home) {
      var text = single(texts);
      if (text.isEmpty()) {
        return repeated();
      }
      var literal = LITERAL.matcher(text.get());
      String inner = literal.matches() ? literal.group(2) : text.get();
      return good(inner.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Object plain(byte[] value) {
      return value;
    }
  }

  record Choice(List<String> allowed) implements Kind<String> {

    Choice {
      allowed = List.copyOf(allowed);
    }

    @Override
    public String label() {
      return "Enum";
    }

    @Override
    public Conversion<String> fromValue(@Nullable Object value) {
      String text =
          switch (value) {
            case String given -> given;
            case Long given -> given.toString();
            case null, default -> "";
          };
      return allowed.contains(text)
          ? good(text)
          : bad("must be one of " + String.join(", ", allowed));
    }

    @Override
    public Conversion<String> fromTexts(List<String> texts, String home) {
      var text = single(texts);
      return text.isEmpty() ? repeated() : fromValue(text.get());
    }

    @Override
    public Object plain(String value) {
      return value;
    }
  }

  record OrNone<T>(Kind<T> inner) implements Kind<Optional<T>> {

    @Override
    public String label() {
      return inner.label() + " or None";
    }

    @Override
    public boolean container() {
      return inner.container();
    }

    @Override
    public Conversion<Optional<T>> fromValue(@Nullable Object value) {
      return value == null ? good(Optional.empty()) : lift(inner.fromValue(value));
    }

    @Override
    public Conversion<Optional<T>> fromTexts(List<String> texts, String home) {
      return texts.equals(List.of("None"))
          ? good(Optional.empty())
          : lift(inner.fromTexts(texts, home));
    }

    private static <T> Conversion<Optional<T>> lift(Conversion<T> conversion) {
      return switch (conversion) {
        case Conversion.Good<T>(var value) -> good(Optional.of(value));
        case Conversion.Bad<T>(var rule) -> bad(rule + ", or None");
      };
    }

    @Override
    public @Nullable Object plain(Optional<T> value) {
      return value.map(inner::plain).orElse(null);
    }
  }
}
