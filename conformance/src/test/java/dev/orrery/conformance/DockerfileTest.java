package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.conformance.cluster.Image;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What people write for {@code jupyter lab}, built with two more lines and started by its own
 * command.
 */
@Tag("cluster")
@Timeout(value = 12, unit = TimeUnit.MINUTES)
class DockerfileTest {

  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");

  private final Path root = OrreryServer.makeRoot();
  private final Path log = root.resolve("log");
  private String container;
  private Process server;

  @BeforeEach
  void start() throws IOException {
    Requirements.cluster();
    String image = Image.of("jupyter-lab").name();
    container = buildah("from", "--pull-never", image).strip();
    var line = new ArrayList<String>(List.of("buildah", "run", "--isolation", "chroot"));
    line.addAll(List.of(container, "--"));
    JsonNode command =
        JsonMapper.shared()
            .readTree(buildah("inspect", "--type=image", image))
            .path("OCIv1")
            .path("config")
            .path("Cmd");
    command.forEach(word -> line.add(word.asString()));
    server =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .redirectInput(new File("/dev/null"))
            .start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (server != null) {
      server.descendants().forEach(ProcessHandle::destroy);
      if (!server.waitFor(60, TimeUnit.SECONDS)) {
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly();
      }
    }
    if (container != null) {
      buildah("rm", container);
    }
    OrreryServer.delete(root);
  }

  @Test
  void allOfItsLinesDoWhatTheyDidWithJupyterLab() {
    try (var visitor = HubSession.visitor(address())) {
      assertThat(Texts.read(log)).contains("orrery ").contains("from local directory: /opt/work");
      assertThat(visitor.get("/api/contents").statusCode()).isEqualTo(403);
      assertThat(visitor.get("/lab?token=from-the-configuration").body())
          .contains("@jupyterlab/apputils-extension:announcements");
      JsonNode specs = visitor.json("GET", "/api/kernelspecs", "").path("kernelspecs");
      assertThat(specs.propertyNames()).contains("python3", "second", "third");
      assertThat(specs.path("second").path("spec").path("display_name").asString())
          .isEqualTo("A second Python");
      String themes = "/lab/api/settings/@jupyterlab/apputils-extension:themes";
      JsonNode theme = visitor.json("GET", themes, "").at("/schema/properties/theme/default");
      assertThat(theme.asString()).isEqualTo("JupyterLab Dark");
      for (String kernel : List.of("python3", "second", "third")) {
        String id =
            visitor
                .json("POST", "/api/kernels", "{\"name\": \"" + kernel + "\"}")
                .path("id")
                .asString();
        try (var channels = visitor.kernel("/", id)) {
          assertThat(channels.execute("import sys, os; print(sys.prefix, os.getcwd())"))
              .contains("/opt/venv /opt/work");
        }
      }
    }
  }

  private String address() {
    Eventually.holds(
        "the server says where it is",
        Duration.ofSeconds(60),
        () -> {
          if (!server.isAlive()) {
            throw new AssertionError("It ended with " + server.exitValue() + Texts.read(log));
          }
          return ADDRESS.matcher(Texts.read(log)).find();
        },
        () -> Texts.read(log));
    Matcher address = ADDRESS.matcher(Texts.read(log));
    assertThat(address.find()).isTrue();
    return address.group();
  }

  private String buildah(String... arguments) {
    var line = new ArrayList<String>(List.of("buildah"));
    line.addAll(List.of(arguments));
    try {
      Path out = Files.createTempFile(root, "out-", ".log");
      Path err = Files.createTempFile(root, "err-", ".log");
      Process process =
          new ProcessBuilder(line)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .redirectInput(new File("/dev/null"))
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(line + " did not end:\n" + Texts.read(err));
      }
      assertThat(process.exitValue()).as(() -> line + ": " + Texts.read(err)).isZero();
      return Texts.read(out);
    } catch (IOException e) {
      throw new AssertionError(line + " could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }
}
