package dev.orrery.proxy.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Expectations are what Node 20 printed for {@code new Date(text)} in the same zone. */
class JsDateTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void timesAreReadAsJavaScriptReadsThem() {
    Map<String, String> expected = new TreeMap<>();
    expected.put("2026-11-21T10:00:00.123456Z", "2026-11-21T10:00:00.123Z");
    expected.put("2026-11-21T10:00:00.1Z", "2026-11-21T10:00:00.100Z");
    expected.put("2026-11-21T10:00:00+00:00", "2026-11-21T10:00:00Z");
    expected.put("2026-11-21T10:00:00.123456", "2026-11-21T09:00:00.123Z");
    expected.put("2026-11-21", "2026-11-21T00:00:00Z");
    expected.put("2026-11", "2026-11-01T00:00:00Z");
    expected.put("2026", "2026-01-01T00:00:00Z");
    expected.put("2026-11-21 10:00", "2026-11-21T09:00:00Z");
    expected.put("2026-11-21T10:00", "2026-11-21T09:00:00Z");
    expected.put("2026-11-21T10:00Z", "2026-11-21T10:00:00Z");
    expected.put("2026-11-21T24:00:00Z", "2026-11-22T00:00:00Z");
    expected.put("2026-02-31T10:00:00Z", "2026-03-03T10:00:00Z");
    expected.put("2026-11-21t10:00:00z", "2026-11-21T10:00:00Z");
    expected.put("2026-11-21T10:00:00+0100", "2026-11-21T09:00:00Z");
    expected.put("2026-11-21T10:00:00-01:30", "2026-11-21T11:30:00Z");
    expected.put("Sat, 21 Nov 2026 10:00:00 GMT", "2026-11-21T10:00:00Z");
    expected.put(" 2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z");
    expected.forEach((text, time) ->
        assertThat(JsDate.parse(text, BERLIN)).as(text).contains(Instant.parse(time)));
  }

  @Test
  void whatIsNoTimeIsNone() {
    for (String text :
        List.of(
            "",
            "endoftheuniverse",
            "2026-11-21T10",
            "2026-11-21T25:00:00Z",
            "2026-11-21T10:00:60Z",
            "2026-11-21T10:00:00.Z",
            "2026-11-21T10:00:00,5Z",
            "2026-11-21T10:00:00+01",
            "2026-13-01",
            "2026-11-32",
            "1700000000",
            "20261121T100000Z",
            "2026-11-21T10:00:00+99:99")) {
      assertThat(JsDate.parse(text, BERLIN)).as(text).isEmpty();
    }
  }

  @Test
  void plusThatBecameASpaceIsAPlus() {
    assertThat(JsDate.parse("2026-11-21T10:00:00.5 01:00", BERLIN))
        .contains(Instant.parse("2026-11-21T09:00:00.500Z"));
  }
}
