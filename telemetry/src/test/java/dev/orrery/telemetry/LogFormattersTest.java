package dev.orrery.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogFormattersTest {

  private static LogRecord record(String message) {
    var record = new LogRecord(Level.WARNING, message);
    record.setLoggerName("dev.orrery.server.kernels.KernelSocket");
    return record;
  }

  @Test
  void lineHasLevelTimeAndComponent() {
    assertThat(new LineFormatter().format(record("kernel died")))
        .matches("\\[W \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} server] kernel died\n");
  }

  @Test
  void hostileMessageCannotForgeASecondRecord() {
    assertThat(
            new LineFormatter()
                .format(record("name\n[I 2026-01-01 00:00:00.000 server] forged\u001b[2J")))
        .endsWith("name\\n[I 2026-01-01 00:00:00.000 server] forged\\x1b[2J\n")
        .containsOnlyOnce("\n");
  }

  @Test
  void lineOfAProxyLooksLikeThoseOfItsPredecessor() {
    assertThat(new ProxyFormatter(false).format(record("forged\nline")))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z \\[ConfigProxy] warn: forged\\\\nline\n");
    assertThat(new ProxyFormatter(true).format(record("x")))
        .contains("[ConfigProxy] \033[33mwarn\033[39m: x\n");
  }

  @Test
  void jsonEscapesWhatWouldBreakTheLine() {
    assertThat(new JsonFormatter().format(record("a\"b\\c\nd\u2028\ud800")))
        .contains("\"message\":\"a\\\"b\\\\c\\nd\\u2028\\ud800\"")
        .contains("\"level\":\"warning\"")
        .endsWith("}\n");
  }

  @Test
  void recordCarriesTheIdOfTheRequest() {
    var seen = new StringBuilder();
    RequestId.bind("abc-1", () -> seen.append(new JsonFormatter().format(record("x"))));
    assertThat(seen).contains("\"request_id\":\"abc-1\"");
    assertThat(new JsonFormatter().format(record("x"))).doesNotContain("request_id");
  }

  @Test
  void proposedIdIsTakenOnlyWhenSafeToLog() {
    assertThat(RequestId.choose("trace-1.a_B")).isEqualTo("trace-1.a_B");
    assertThat(RequestId.choose("a b")).matches("[0-9a-f]{16}");
    assertThat(RequestId.choose("a".repeat(65))).matches("[0-9a-f]{16}");
    assertThat(RequestId.choose("")).matches("[0-9a-f]{16}");
    assertThat(RequestId.choose(null)).matches("[0-9a-f]{16}");
  }
}
