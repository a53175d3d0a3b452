package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StaticFilesTest {

  private static final String TEXT = "0123456789";

  @TempDir @Nullable Path temp;
  private Path folder = Path.of("");
  private @Nullable TestServer server;

  @BeforeEach
  void start() throws IOException {
    folder = temp == null ? folder : temp;
    Files.writeString(folder.resolve("plain.txt"), TEXT);
    Files.setLastModifiedTime(
        folder.resolve("plain.txt"), FileTime.from(Instant.parse("2026-01-02T03:04:05Z")));
    Files.writeString(folder.resolve("empty.txt"), "");
    Files.writeString(folder.resolve("app.js"), "let x = 1;".repeat(100));
    Files.write(folder.resolve("app.js.gz"), gzip("let x = 1;".repeat(100)));
    server =
        new TestServer(
            new Routes()
                .add(Routes.Kind.PAGE, "GET", "/f/{file*}", e -> send(e, false))
                .add(Routes.Kind.PAGE, "HEAD", "/f/{file*}", e -> send(e, false))
                .add(Routes.Kind.PAGE, "GET", "/i/{file*}", e -> send(e, true))
                .add(
                    Routes.Kind.PAGE,
                    "GET",
                    "/own/{file*}",
                    e ->
                        StaticFiles.sendExactly(
                            e, folder.resolve(e.parameter("file")), "text/plain")));
  }

  private void send(Exchange exchange, boolean immutable) throws IOException {
    Path file =
        StaticFiles.find(List.of(folder), exchange.parameter("file"))
            .orElseThrow(() -> new HttpException(404, "none"));
    StaticFiles.send(exchange, file, "text/plain", immutable);
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private RawHttp.Answer ask(String method, String target, String... headers) throws IOException {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server.ask(method, target, headers);
  }

  private static byte[] gzip(String text) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void aFileIsSentWithWhatIdentifiesIt() throws IOException {
    RawHttp.Answer answer = ask("GET", "/f/plain.txt");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(TEXT);
    assertThat(answer.header("Last-Modified")).hasValue("Fri, 02 Jan 2026 03:04:05 GMT");
    assertThat(answer.header("Cache-Control")).hasValue("no-cache");
    assertThat(answer.header("Accept-Ranges")).hasValue("bytes");
    assertThat(ask("GET", "/f/empty.txt").bytes()).isEmpty();
    assertThat(ask("GET", "/i/plain.txt").header("Cache-Control").orElse("")).contains("immutable");
  }

  @Test
  void anUnchangedFileIsNotSentAgain() throws IOException {
    String tag = ask("GET", "/f/plain.txt").header("ETag").orElseThrow();
    for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
      RawHttp.Answer answer = ask("GET", "/f/plain.txt", "If-None-Match: " + known);
      assertThat(answer.status()).as(known).isEqualTo(304);
      assertThat(answer.header("ETag")).hasValue(tag);
    }
    assertThat(ask("GET", "/f/plain.txt", "If-None-Match: \"x\"").status()).isEqualTo(200);
    Files.writeString(folder.resolve("plain.txt"), TEXT + "!");
    assertThat(ask("GET", "/f/plain.txt", "If-None-Match: " + tag).body()).isEqualTo(TEXT + "!");
  }

  @Test
  void aRangeIsCutOut() throws IOException {
    for (String[] expected :
        new String[][] {
          {"bytes=0-0", "0", "bytes 0-0/10"},
          {"bytes=3-5", "345", "bytes 3-5/10"},
          {"bytes=7-", "789", "bytes 7-9/10"},
          {"bytes=-2", "89", "bytes 8-9/10"},
          {"bytes=-99", TEXT, "bytes 0-9/10"},
          {"bytes=5-99", "56789", "bytes 5-9/10"}
        }) {
      RawHttp.Answer answer = ask("GET", "/f/plain.txt", "Range: " + expected[0]);
      assertThat(answer.status()).as(expected[0]).isEqualTo(206);
      assertThat(answer.body()).as(expected[0]).isEqualTo(expected[1]);
      assertThat(answer.header("Content-Range")).hasValue(expected[2]);
    }
  }

  @Test
  void aRangeOutsideIsToldAndANonsensicalOneIgnored() throws IOException {
    RawHttp.Answer answer = ask("GET", "/f/plain.txt", "Range: bytes=10-");
    assertThat(answer.status()).isEqualTo(416);
    assertThat(answer.header("Content-Range")).hasValue("bytes */10");
    assertThat(ask("GET", "/f/empty.txt", "Range: bytes=0-").status()).isEqualTo(416);
    for (String range :
        List.of("bytes=-", "bytes=a-b", "lines=1-2", "bytes=1-2,4-5", "bytes=1", "bytes=5-3")) {
      RawHttp.Answer whole = ask("GET", "/f/plain.txt", "Range: " + range);
      assertThat(whole.status()).as(range).isEqualTo(200);
      assertThat(whole.body()).as(range).isEqualTo(TEXT);
    }
  }

  @Test
  void aRangeOfAnOldVersionIsNotCutOutOfTheNewOne() throws IOException {
    String tag = ask("GET", "/f/plain.txt").header("ETag").orElseThrow();
    assertThat(ask("GET", "/f/plain.txt", "Range: bytes=1-1", "If-Range: " + tag).status())
        .isEqualTo(206);
    assertThat(ask("GET", "/f/plain.txt", "Range: bytes=1-1", "If-Range: \"old\"").status())
        .isEqualTo(200);
  }

  @Test
  void headTellsTheSizeOnly() throws IOException {
    RawHttp.Answer answer = ask("HEAD", "/f/plain.txt");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Length")).hasValue("10");
  }

  @Test
  void aCompressedTwinIsSentToThoseWhoTakeIt() throws IOException {
    RawHttp.Answer zipped = ask("GET", "/f/app.js", "Accept-Encoding: br, gzip");
    assertThat(zipped.header("Content-Encoding")).hasValue("gzip");
    assertThat(zipped.header("Vary")).hasValue("Accept-Encoding");
    try (var in = new GZIPInputStream(new ByteArrayInputStream(zipped.bytes()))) {
      assertThat(in.readAllBytes()).hasSize(1_000);
    }
    for (String other : List.of("Accept-Encoding: br", "X-A: b", "Accept-Encoding: gzip;q=0")) {
      RawHttp.Answer plain = ask("GET", "/f/app.js", other);
      assertThat(plain.header("Content-Encoding")).as(other).isEmpty();
      assertThat(plain.bytes()).hasSize(1_000);
      assertThat(plain.header("Vary")).as("caches must know that it varies").isPresent();
    }
    assertThat(ask("GET", "/f/app.js").header("ETag")).isNotEqualTo(zipped.header("ETag"));
  }

  @Test
  void aUsersFileIsNeverReplacedByAFileNextToIt() throws IOException {
    RawHttp.Answer answer = ask("GET", "/own/app.js", "Accept-Encoding: gzip");
    assertThat(answer.header("Content-Encoding")).isEmpty();
    assertThat(answer.bytes()).hasSize(1_000);
  }

  @Test
  void whatIsNotThereIsNotFound() throws IOException {
    assertThat(ask("GET", "/f/nope").status()).isEqualTo(404);
    assertThat(ask("GET", "/own/nope").status()).isEqualTo(404);
    assertThat(ask("GET", "/f/").status()).isEqualTo(404);
  }

  @Test
  void theFirstFolderThatHasAFileWinsAndNoneIsLeft() throws IOException {
    Path one = Files.createDirectories(folder.resolve("one"));
    Path two = Files.createDirectories(folder.resolve("two"));
    Files.writeString(two.resolve("a"), "two");
    assertThat(StaticFiles.find(List.of(one, two), "a")).hasValue(two.resolve("a"));
    Files.writeString(one.resolve("a"), "one");
    assertThat(StaticFiles.find(List.of(one, two), "a")).hasValue(one.resolve("a"));
    assertThat(StaticFiles.find(List.of(one), "../two/a")).isEmpty();
    assertThat(StaticFiles.find(List.of(one), "/etc/passwd")).isEmpty();
  }
}
