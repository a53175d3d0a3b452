package dev.orrery.server.contents;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as every Jupyter API writes them: UTC, microseconds, {@code Z}. */
public final class Timestamps {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /**
   * {@code 2026-01-31T12:00:00.123456Z}; times no four-digit year can hold become the epoch, as
   * upstream does.
   */
  public static String of(Instant time) {
    int year = time.atZone(ZoneOffset.UTC).getYear();
    return FORMAT.format(year < 1 || year > 9999 ? Instant.EPOCH : time);
  }
}
