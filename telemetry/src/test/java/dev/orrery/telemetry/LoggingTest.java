package dev.orrery.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What each level lets through, of ours and of the libraries. */
class LoggingTest {

  private static final String ENGINE = "org.eclipse.jetty.http.HttpParser";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void others() {
    Logging.configure(System.Logger.Level.WARNING, LogFormat.LINE, System.err);
  }

  @Test
  void debuggingTellsOurPartsAndNoHeaders() {
    configure(System.Logger.Level.DEBUG);
    log("dev.orrery.server.Router", System.Logger.Level.DEBUG, "ours");
    log(ENGINE, System.Logger.Level.DEBUG, "parsedHeader(Authorization: token 1234)");
    log("io.netty.handler.codec.http", System.Logger.Level.DEBUG, "Cookie: 1234");
    log("com.example.library", System.Logger.Level.DEBUG, "1234");

    assertThat(written()).contains("ours").doesNotContain("1234");
  }

  @Test
  void warningsOfTheEngineAreTold() {
    configure(System.Logger.Level.DEBUG);
    log(ENGINE, System.Logger.Level.WARNING, "no room");

    assertThat(written()).contains("no room");
  }

  @Test
  void whoWantsErrorsGetsNoWarningOfTheEngine() {
    configure(System.Logger.Level.ERROR);
    log(ENGINE, System.Logger.Level.WARNING, "no room");

    assertThat(written()).isEmpty();
  }

  private void configure(System.Logger.Level level) {
    Logging.configure(level, LogFormat.LINE, new PrintStream(out, true, UTF_8));
  }

  private static void log(String name, System.Logger.Level level, String message) {
    System.getLogger(name).log(level, message);
  }

  private String written() {
    return out.toString(UTF_8);
  }
}
