package dev.orrery.proxy.log;

import static dev.orrery.proxy.wire.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.forward.Served;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

  private static Served request(String path, String reason) {
    return new Served(
        Instant.parse("2030-01-02T03:04:05.678901Z"),
        1_234_567,
        "abc",
        "",
        "10.0.0.1",
        "HTTP/1.1",
        "GET",
        "h",
        path,
        "/user/ann",
        "127.0.0.1:1",
        reason.isEmpty() ? 200 : 503,
        reason,
        0,
        5,
        false,
        true);
  }

  @Test
  void aLineTellsARequest() {
    assertThat(AccessLine.of(request("/user/ann/\"x\"", "")))
        .isEqualTo(
            "{\"time\":\"2030-01-02T03:04:05.678Z\",\"id\":\"abc\",\"client\":\"10.0.0.1\","
                + "\"protocol\":\"HTTP/1.1\",\"method\":\"GET\",\"host\":\"h\","
                + "\"path\":\"/user/ann/\\\"x\\\"\",\"route\":\"/user/ann\","
                + "\"target\":\"127.0.0.1:1\",\"status\":200,\"ms\":1.23,\"received\":0,\"sent\":5,"
                + "\"reused\":true}");
    assertThat(AccessLine.of(request("/", "no\nline")))
        .contains("\"status\":503,\"error\":\"no\\nline\"")
        .doesNotContain("\n");
  }

  @Test
  void whatWaitsAtTheEndIsWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("access.log");
    Files.writeString(file, "earlier\n");
    try (var log = new AccessLog(LogFile.open(file))) {
      for (int i = 0; i < 5_000; i++) {
        log.served(request("/" + i, ""));
      }
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(5_001).first().isEqualTo("earlier");
    assertThat(lines.getLast()).contains("\"path\":\"/4999\"");
  }

  @Test
  void aFileThatWasMovedIsBegunAnew(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("access.log");
    try (var sink = LogFile.open(file)) {
      sink.write("one\n");
      Files.move(file, folder.resolve("access.log.1"));
      sink.write("two\n");
      Files.delete(file);
      sink.write("three\n");
    }
    assertThat(folder.resolve("access.log.1")).hasContent("one\n");
    assertThat(file).hasContent("three\n");
  }

  @Test
  void aSinkThatIsStuckHoldsUpNobodyAndItIsToldWhatIsMissing() throws Exception {
    var go = new CountDownLatch(1);
    var written = new CopyOnWriteArrayList<String>();
    try (var log =
        new AccessLog(
            new AccessLog.Sink() {
              @Override
              public void write(String lines) throws IOException {
                await(go);
                lines.lines().forEach(written::add);
              }

              @Override
              public void close() {}
            })) {
      for (int i = 0; i < 50_000; i++) {
        log.served(request("/", ""));
      }
      go.countDown();
    }
    long leftOut =
        written.stream()
            .filter(line -> line.contains("left_out"))
            .mapToLong(line -> Long.parseLong(line.replaceAll(".*:(\\d+)}", "$1")))
            .sum();
    assertThat(leftOut).isPositive();
    assertThat(written.stream().filter(line -> line.contains("\"id\"")).count())
        .isEqualTo(50_000 - leftOut);
  }

  @Test
  void linesThatCouldNotBeWrittenAreCounted() throws IOException {
    var written = new CopyOnWriteArrayList<String>();
    try (var log =
        new AccessLog(
            new AccessLog.Sink() {
              private boolean broken = true;

              @Override
              public void write(String lines) throws IOException {
                if (broken) {
                  broken = false;
                  throw new IOException("No space left on device");
                }
                lines.lines().forEach(written::add);
              }

              @Override
              public void close() {}
            })) {
      log.served(request("/lost", ""));
      while (written.isEmpty()) {
        log.served(request("/kept", ""));
        Thread.onSpinWait();
      }
    }
    assertThat(written.getFirst()).contains("\"left_out\":");
  }
}
