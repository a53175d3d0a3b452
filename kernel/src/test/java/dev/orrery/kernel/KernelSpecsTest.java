package dev.orrery.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSpecsTest {

  @TempDir Path root;

  @Test
  void firstDirectoryWinsAndNamesAreLowerCase() throws IOException {
    write("a/Python3", "{\"argv\":[\"p\"],\"display_name\":\"first\",\"language\":\"python\"}");
    write("b/python3", "{\"argv\":[\"p\"],\"display_name\":\"second\",\"language\":\"python\"}");
    write("b/ir", "{\"argv\":[\"R\"],\"display_name\":\"R\",\"language\":\"R\"}");
    KernelSpecs specs = specs(Set.of());
    assertThat(specs.findAll().keySet()).containsExactly("ir", "python3");
    assertThat(specs.find("PYTHON3").orElseThrow().displayName()).isEqualTo("first");
    assertThat(specs.find("julia")).isEmpty();
  }

  @Test
  void brokenSpecsAreLocatedInTheOrderOfTheSearch() throws IOException {
    write("a/z", "{\"argv\":[\"p\"]}");
    write("b/a", "{");
    write("b/z", "{\"argv\":[\"p\"]}");
    KernelSpecs specs = specs(Set.of());
    assertThat(List.copyOf(specs.locate().keySet())).containsExactly("z", "a");
    assertThat(specs.locate().get("z")).isEqualTo(root.resolve("a/z"));
    assertThat(specs.findAll().keySet()).containsExactly("z");
  }

  @Test
  void onlyAllowedSpecsAreShown() throws IOException {
    write("a/one", "{\"argv\":[\"p\"]}");
    write("a/two", "{\"argv\":[\"p\"]}");
    assertThat(specs(Set.of("two")).findAll().keySet()).containsExactly("two");
  }

  @Test
  void jsonIsWhatTheReferenceShows() throws IOException {
    write(
        "a/x",
        """
        {"argv": ["a", "{connection_file}"], "display_name": "X", "language": "x", "env": {"A": "${B}"},
         "interrupt_mode": "Message", "metadata": {"debugger": true, "n": 1.10}, "mimetype": "text/x",
         "name": "other", "kernel_protocol_version": "5.5", "unknown": 1}
        """);
    assertThat(specs(Set.of()).find("x").orElseThrow().toJson())
        .hasToString(
            "{\"argv\":[\"a\",\"{connection_file}\"],\"env\":{\"A\":\"${B}\"},\"display_name\":\"X\","
                + "\"language\":\"x\",\"interrupt_mode\":\"message\",\"metadata\":{\"debugger\":true,\"n\":1.10},"
                + "\"kernel_protocol_version\":\"5.5\"}");
    write("a/bare", "{\"argv\":[]}");
    assertThat(specs(Set.of()).find("bare").orElseThrow().toJson())
        .hasToString(
            "{\"argv\":[],\"env\":{},\"display_name\":\"\",\"language\":\"\",\"interrupt_mode\":\"signal\","
                + "\"metadata\":{},\"kernel_protocol_version\":\"\"}");
  }

  @Test
  void resourcesArePageFilesAndLogosOnly() throws IOException {
    Path directory = write("a/x", "{\"argv\":[]}");
    for (String name :
        List.of("logo-64x64.png", "logo-svg.svg", "kernel.js", "kernel.css", "x.py")) {
      Files.writeString(directory.resolve(name), "");
    }
    assertThat(specs(Set.of()).find("x").orElseThrow().resources().keySet())
        .containsExactly("kernel.css", "kernel.js", "logo-64x64", "logo-svg");
  }

  @Test
  void brokenSpecIsLeftOutAndLoggedOnce() throws IOException {
    write("a/good", "{\"argv\":[\"p\"]}");
    write("a/broken", "{\"argv\":");
    write("a/list", "[]");
    write("a/number", "{\"argv\":[1]}");
    write("a/mode", "{\"argv\":[],\"interrupt_mode\":\"shout\"}");
    write("a/huge", "{\"argv\":[],\"display_name\":\"" + "x".repeat(2_000_000) + "\"}");
    write("a/nämè", "{\"argv\":[]}");
    Files.createDirectories(root.resolve("a/empty"));
    Files.writeString(root.resolve("a/file"), "");
    KernelSpecs specs = specs(Set.of());
    List<String> log =
        loggedBy(() -> {
          for (int i = 0; i < 3; i++) {
            assertThat(specs.findAll().keySet()).containsExactly("good");
          }
        });
    assertThat(log).hasSize(6);
  }

  @Test
  void changeIsNoticed() throws IOException {
    Path directory = write("a/x", "{\"argv\":[],\"display_name\":\"one\"}");
    KernelSpecs specs = specs(Set.of());
    KernelSpec one = specs.find("x").orElseThrow();
    assertThat(specs.find("x").orElseThrow()).isSameAs(one);
    Path file = directory.resolve("kernel.json");
    Files.writeString(file, "{\"argv\":[],\"display_name\":\"two\"}");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(10)));
    assertThat(specs.find("x").orElseThrow().displayName()).isEqualTo("two");
    Files.delete(file);
    assertThat(specs.find("x")).isEmpty();
  }

  private KernelSpecs specs(Set<String> allowed) {
    return new KernelSpecs(
        List.of(root.resolve("missing"), root.resolve("a"), root.resolve("b")), allowed);
  }

  private Path write(String directory, String json) throws IOException {
    Path path = Files.createDirectories(root.resolve(directory));
    Files.writeString(path.resolve("kernel.json"), json);
    return path;
  }

  private static List<String> loggedBy(Runnable action) {
    var messages = new ArrayList<String>();
    var handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            messages.add(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(KernelSpecs.class.getName());
    logger.addHandler(handler);
    try {
      action.run();
    } finally {
      logger.removeHandler(handler);
    }
    return messages;
  }
}
