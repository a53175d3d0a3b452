package dev.orrery.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Times as texts in SQLite. */
class TimeTextTest {

  @Test
  void aTimeAndItsText() {
    Map.of(
            "2026-01-31 09:05:07.000123", "2026-01-31T09:05:07.000123Z",
            "1999-12-31 23:59:59.999999", "1999-12-31T23:59:59.999999Z",
            "0007-01-01 00:00:00.000000", "0007-01-01T00:00:00Z")
        .forEach((text, time) -> {
          assertThat(TimeText.of(Instant.parse(time))).isEqualTo(text);
          assertThat(TimeText.parse(text)).isEqualTo(time);
        });
  }

  @Test
  void nothingSmallerThanAMicrosecondIsKept() {
    assertThat(TimeText.of(Instant.parse("2026-01-31T09:05:07.123456789Z")))
        .isEqualTo("2026-01-31 09:05:07.123456");
  }

  @Test
  void fractionsOfAnyLengthAreRead() {
    Map.of(
            "2026-01-31 09:05:07", "2026-01-31T09:05:07Z",
            "2026-01-31 09:05:07.5", "2026-01-31T09:05:07.5Z",
            "2026-01-31 09:05:07.123456789", "2026-01-31T09:05:07.123456789Z")
        .forEach((text, time) -> assertThat(TimeText.parse(text)).isEqualTo(time));
  }

  @Test
  void othersAreNone() {
    for (String text :
        List.of(
            "",
            "2026",
            "2026-01-31",
            "2026-01-31T09:05:07",
            "2026-13-31 09:05:07",
            "2026-01-31 09:05:07x5",
            "2026-01-31 09:05:0",
            "2026-01-31 09:05:07.1234567890",
            "2026-01-31 09:05:07.-1",
            "+026-01-31 09:05:07",
            "a026-01-31 09:05:07")) {
      assertThatThrownBy(() -> TimeText.parse(text)).as(text).isInstanceOf(DateTimeException.class);
    }
  }
}
