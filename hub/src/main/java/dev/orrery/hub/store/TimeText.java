package dev.orrery.hub.store;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Times in SQLite, as SQLAlchemy writes them: in UTC, {@code 2026-01-31 09:00:00.000000}; they sort
 * as text. Read and written with each request, so by hand: formatters take ten times as long.
 */
final class TimeText {

  private static final String FORM = "0000-00-00 00:00:00";

  private TimeText() {}

  static String of(Instant time) {
    LocalDateTime at = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    char[] text = (FORM + ".000000").toCharArray();
    put(text, 0, 4, at.getYear());
    put(text, 5, 2, at.getMonthValue());
    put(text, 8, 2, at.getDayOfMonth());
    put(text, 11, 2, at.getHour());
    put(text, 14, 2, at.getMinute());
    put(text, 17, 2, at.getSecond());
    put(text, 20, 6, at.getNano() / 1000);
    return new String(text);
  }

  private static void put(char[] text, int at, int length, int number) {
    int left = number;
    for (int i = at + length - 1; i >= at; i--) {
      text[i] = (char) ('0' + left % 10);
      left /= 10;
    }
  }

  /** Reads a time, with up to nine digits of a fraction, or none. */
  static Instant parse(String text) {
    int length = text.length();
    int digits = Math.max(0, length - FORM.length() - 1);
    boolean good =
        length >= FORM.length()
            && digits <= 9
            && (length == FORM.length() || text.charAt(FORM.length()) == '.');
    for (int i = 0; good && i < FORM.length(); i++) {
      good = FORM.charAt(i) == '0' || text.charAt(i) == FORM.charAt(i);
    }
    if (!good) {
      throw new DateTimeException("no time of a database: " + text);
    }
    int nanos = digits == 0 ? 0 : number(text, length - digits, length);
    for (int i = digits; i < 9; i++) {
      nanos *= 10;
    }
    return LocalDateTime.of(
            number(text, 0, 4),
            number(text, 5, 7),
            number(text, 8, 10),
            number(text, 11, 13),
            number(text, 14, 16),
            number(text, 17, 19),
            nanos)
        .toInstant(ZoneOffset.UTC);
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new DateTimeException("no time of a database: " + text);
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
