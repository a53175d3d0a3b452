package dev.orrery.proxy.routes;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as JavaScript writes them, always with three digits after the second. */
final class JsonTime {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private JsonTime() {}

  static String text(Instant time) {
    return FORMAT.format(time);
  }
}
