package dev.orrery.config;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whole and real numbers as Python reads them. */
final class Numbers {

  private static final Pattern WHOLE = Pattern.compile("[+-]?\\d+(_\\d+)*");
  private static final Pattern REAL =
      Pattern.compile(
          "[+-]?((\\d+(_\\d+)*\\.?(\\d+(_\\d+)*)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+(_\\d+)*)?)");
  private static final int MAX_DIGITS = 4_300;

  private Numbers() {}

  static Optional<BigInteger> whole(@Nullable Object value) {
    return switch (value) {
      case Boolean truth -> Optional.of(truth ? BigInteger.ONE : BigInteger.ZERO);
      case Long number -> Optional.of(BigInteger.valueOf(number));
      case BigInteger number -> Optional.of(number);
      // traitlets takes 4e9 where it wants a whole number
      case Double number when Double.isFinite(number) && number == Math.rint(number) ->
          Optional.of(new BigDecimal(number).toBigIntegerExact());
      case null, default -> Optional.empty();
    };
  }

  static Optional<BigInteger> parseWhole(String text) {
    String trimmed = text.strip();
    return trimmed.length() <= MAX_DIGITS && WHOLE.matcher(trimmed).matches()
        ? Optional.of(new BigInteger(trimmed.replace("_", "")))
        : Optional.empty();
  }

  static Optional<Double> parseReal(String text) {
    String trimmed = text.strip();
    if (trimmed.length() <= MAX_DIGITS && REAL.matcher(trimmed).matches()) {
      return Optional.of(Double.valueOf(trimmed.replace("_", "")));
    }
    return switch (trimmed.toLowerCase(Locale.ROOT)) {
      case "inf", "+inf", "infinity", "+infinity" -> Optional.of(Double.POSITIVE_INFINITY);
      case "-inf", "-infinity" -> Optional.of(Double.NEGATIVE_INFINITY);
      case "nan", "+nan", "-nan" -> Optional.of(Double.NaN);
      default -> Optional.empty();
    };
  }
}
