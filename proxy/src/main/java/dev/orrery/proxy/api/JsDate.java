package dev.orrery.proxy.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Points in time as JavaScript's {@code Date.parse} reads them, as far as programs send them. */
final class JsDate {

  private static final Pattern ISO =
      Pattern.compile(
          "(\\d{4})(?:-(\\d\\d)(?:-(\\d\\d))?)?"
              + "(?<time>[Tt ](\\d\\d):(\\d\\d)(?::(\\d\\d)(?:\\.(\\d+))?)?(?<zone>[Zz]|[-+ ]\\d\\d:?\\d\\d)?)?");

  private JsDate() {}

  /**
   * Reads ISO 8601 or the date of an HTTP header. A date alone is in UTC, one with a time and
   * without a zone in {@code local}; what follows the milliseconds is cut off. A space stands for
   * the plus of a zone: that is what an address makes of one that was not encoded.
   */
  static Optional<Instant> parse(String text, ZoneId local) {
    String stripped = text.strip();
    Matcher match = ISO.matcher(stripped);
    try {
      return match.matches() ? Optional.of(iso(match, local)) : httpDate(stripped);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Instant iso(Matcher match, ZoneId local) {
    // Up to 31 days are accepted for every month, as there: what is too much goes into the next.
    int day = number(match.group(3), 1);
    if (day < 1 || day > 31) {
      throw new DateTimeException("There is no day " + day);
    }
    LocalDate date =
        LocalDate.of(number(match.group(1), 0), number(match.group(2), 1), 1).plusDays(day - 1L);
    if (match.group("time") == null) {
      return date.atStartOfDay(ZoneOffset.UTC).toInstant();
    }
    int hour = number(match.group(5), 0);
    int minute = number(match.group(6), 0);
    int second = number(match.group(7), 0);
    boolean midnight = hour == 24 && minute == 0 && second == 0;
    LocalTime time =
        LocalTime.of(midnight ? 0 : hour, minute, second, millis(match.group(8)) * 1_000_000);
    LocalDateTime both = LocalDateTime.of(midnight ? date.plusDays(1) : date, time);
    String zone = match.group("zone");
    return zone == null ? both.atZone(local).toInstant() : both.toInstant(offset(zone));
  }

  private static int number(@Nullable String digits, int otherwise) {
    return digits == null ? otherwise : Integer.parseInt(digits);
  }

  private static int millis(@Nullable String fraction) {
    return fraction == null ? 0 : Integer.parseInt((fraction + "00").substring(0, 3));
  }

  private static ZoneOffset offset(String zone) {
    if (zone.equalsIgnoreCase("z")) {
      return ZoneOffset.UTC;
    }
    String digits = zone.substring(1).replace(":", "");
    int minutes =
        Integer.parseInt(digits.substring(0, 2)) * 60 + Integer.parseInt(digits.substring(2));
    return ZoneOffset.ofTotalSeconds((zone.charAt(0) == '-' ? -60 : 60) * minutes);
  }

  private static Optional<Instant> httpDate(String text) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
