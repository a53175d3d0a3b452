package dev.orrery.hub.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/** Times as the API writes and reads them. */
final class Times {

  private static final DateTimeFormatter WHOLE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Times() {}

  /** In UTC with microseconds, which are left out where there are none, as Python does. */
  static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.MICROS).equals(time.truncatedTo(ChronoUnit.SECONDS))
        ? WHOLE.format(time)
        : MICROS.format(time);
  }

  /** An ISO 8601 time; one without a zone is in UTC. */
  static Optional<Instant> parse(String text) {
    try {
      String iso = text.strip().replace(' ', 'T');
      boolean zoned = iso.endsWith("Z") || iso.matches(".*T.*[+-]\\d{2}:?\\d{2}");
      if (zoned) {
        String zone = iso.replaceFirst("([+-]\\d{2})(\\d{2})$", "$1:$2");
        return Optional.of(OffsetDateTime.parse(zone).toInstant());
      }
      String whole = iso.indexOf('T') < 0 ? iso + "T00:00:00" : iso;
      return Optional.of(LocalDateTime.parse(whole).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
