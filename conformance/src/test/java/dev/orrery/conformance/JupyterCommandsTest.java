package dev.orrery.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The commands that Dockerfiles and scripts use, through links with Jupyter's names, beside
 * Jupyter's own on the same home: what one writes the other reads. Nothing is written outside of
 * that home.
 */
class JupyterCommandsTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> LINKS =
      List.of(
          "jupyter",
          "jupyter-lab",
          "jupyter-server",
          "jupyter-notebook",
          "jupyter-kernelspec",
          "jupyter-labextension",
          "jupyter-troubleshoot");

  private record Outcome(int code, String out, String err) {}

  private final Path root = OrreryServer.makeRoot();
  private final Path links = root.resolve("bin");
  private final Path home = root.resolve("home");

  @BeforeEach
  void makeLinks() throws IOException {
    Files.createDirectories(links);
    Path orrery = Requirements.distribution().resolve("bin").resolve("orrery").toRealPath();
    for (String name : LINKS) {
      Files.createSymbolicLink(links.resolve(name), orrery);
    }
  }

  @AfterEach
  void deleteRoot() {
    OrreryServer.delete(root);
  }

  @Test
  void kernelspecsAreTheSameForBoth() throws IOException {
    Path source = Files.createDirectories(root.resolve("ours"));
    Files.writeString(
        source.resolve("kernel.json"),
        "{\"argv\": [\"sh\", \"{connection_file}\"], \"display_name\": \"Käse\", \"language\": \"sh\","
            + " \"env\": {\"A\": \"b\"}, \"metadata\": {\"debugger\": false}}");
    assertThat(ours("jupyter", "kernelspec", "install", source.toString(), "--user").code())
        .isZero();
    String[] theirs = {"kernelspec", "install", source.toString(), "--user", "--name=Theirs"};
    assertThat(theirs(theirs).code()).isZero();

    String[] list = {"kernelspec", "list", "--json"};
    JsonNode both = json(theirs(list));
    assertThat(both.path("kernelspecs").propertyNames()).contains("ours", "theirs", "python3");
    assertThat(json(ours("jupyter", list))).isEqualTo(both);
    assertThat(ours("jupyter", "kernelspec", "list").out().lines().sorted().toList())
        .isEqualTo(theirs("kernelspec", "list").out().lines().sorted().toList());

    assertThat(ours("jupyter-kernelspec", "remove", "-f", "theirs", "ours").code()).isZero();
    assertThat(json(theirs(list)).path("kernelspecs").propertyNames())
        .doesNotContain("ours", "theirs");
  }

  @Test
  void labExtensionsAreTheSameForBoth() throws IOException {
    for (String name : List.of("@org/ext", "plain")) {
      Path folder = home.resolve(".local/share/jupyter/labextensions").resolve(name);
      Files.createDirectories(folder.resolve("static"));
      Files.writeString(folder.resolve("static/remote.js"), "");
      Files.writeString(
          folder.resolve("package.json"),
          "{\"name\": \"%s\", \"version\": \"1.2.3\", \"jupyterlab\": {\"extension\": true,"
                  .formatted(name)
              + " \"_build\": {\"load\": \"static/remote.js\", \"extension\": \"./extension\"}}}");
    }
    assertThat(extensions(ours("jupyter", "labextension", "list")))
        .containsAll(List.of("@org/ext v1.2.3 enabled OK", "plain v1.2.3 enabled OK"))
        .containsAll(extensions(theirs("labextension", "list")));

    ours("jupyter", "labextension", "disable", "--level=user", "@org/ext");
    ours("jupyter-labextension", "lock", "--level=user", "plain");
    assertThat(extensions(theirs("labextension", "list")))
        .contains("@org/ext v1.2.3 disabled OK", "plain v1.2.3 enabled OK 🔒 (all plugins locked)");
    theirs("labextension", "enable", "--level=user", "@org/ext");
    theirs("labextension", "unlock", "--level=user", "plain");
    theirs("labextension", "disable", "--level=user", "plain");
    assertThat(extensions(ours("jupyter", "labextension", "list")))
        .contains("@org/ext v1.2.3 enabled OK", "plain v1.2.3 disabled OK")
        .contains("plain (all plugins)");
  }

  private static List<String> extensions(Outcome list) {
    assertThat(list.code()).as(list.err()).isZero();
    return (list.out() + list.err())
        .replaceAll("\u001b\\[[0-9]*m", "")
        .lines()
        .filter(line -> line.startsWith("    "))
        .map(String::strip)
        .toList();
  }

  @Test
  void foldersAreTheSameForBoth() {
    assertThat(json(ours("jupyter", "--paths", "--json")))
        .isEqualTo(json(theirs("--paths", "--json")));
    for (String question : List.of("--paths", "--data-dir", "--config-dir", "--runtime-dir")) {
      assertThat(ours("jupyter", question).out()).isEqualTo(theirs(question).out());
    }
    assertThat(ours("jupyter", "lab", "path").out().lines().skip(1).toList())
        .isEqualTo(theirs("lab", "path").out().lines().skip(1).toList());
    for (String app : List.of("lab", "server")) {
      assertThat(ours("jupyter", app, "--version").out()).isEqualTo(theirs(app, "--version").out());
    }
    assertThat(ours("jupyter", "--version").out().lines().toList())
        .containsAll(
            theirs("--version")
                .out()
                .lines()
                .filter(line -> !line.startsWith("notebook"))
                .toList());
  }

  @Test
  void exitStatusesAreTheSameForBoth() {
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("nothing-of-that-name"),
            List.of("--json"),
            List.of("kernelspec"),
            List.of("kernelspec", "nothing"),
            List.of("kernelspec", "list", "--nothing"),
            List.of("kernelspec", "install"),
            List.of("kernelspec", "install", "/nowhere", "--user"),
            List.of("kernelspec", "remove", "nothing"),
            List.of("kernelspec", "remove", "python3"),
            List.of("labextension"),
            List.of("labextension", "nothing"),
            List.of("lab", "workspaces"),
            List.of("lab", "stop"),
            List.of("server", "extension"),
            List.of("server", "stop", "1"))) {
      String[] words = wrong.toArray(String[]::new);
      Outcome ours = ours("jupyter", words);
      assertThat(ours.code()).as("%s: %s", wrong, ours.err()).isEqualTo(theirs(words).code());
      assertThat(ours.err()).as(wrong::toString).isNotBlank().doesNotContain("Exception");
    }
  }

  @Test
  void workspacesAreTheSameForBoth() throws IOException {
    Path file =
        Files.writeString(
            root.resolve("w.json"), "{\"data\": {\"a\": 1}, \"metadata\": {\"id\": \"Ä b\"}}");
    assertThat(ours("jupyter", "lab", "workspaces", "import", file.toString()).code()).isZero();
    String[] theirs = {"lab", "workspaces", "import", "--name=theirs", file.toString()};
    assertThat(theirs(theirs).code()).isZero();
    for (String name : List.of("Ä b", "theirs", "missing")) {
      String[] export = {"lab", "workspaces", "export", name};
      ObjectNode ours = (ObjectNode) json(ours("jupyter", export));
      ObjectNode other = (ObjectNode) json(theirs(export));
      // Digits after the comma are as many as the other's clock has.
      for (ObjectNode workspace : List.of(ours, other)) {
        ((ObjectNode) workspace.path("metadata")).remove(List.of("created", "last_modified"));
      }
      assertThat(ours).isEqualTo(other);
    }
    assertThat(ours("jupyter", "lab", "workspaces", "list").out())
        .isEqualTo(theirs("lab", "workspaces", "list").out());
  }

  @Test
  void serverExtensionsAreTheSameForBoth() {
    String[] enable = {"server", "extension", "enable", "--user", "jupyter_lsp"};
    Outcome enabled = ours("jupyter", enable);
    assertThat(enabled.code()).isZero();
    assertThat(enabled.err()).contains("not run by this server");
    Outcome list = theirs("server", "extension", "list");
    assertThat(list.out().replaceAll("\u001b\\[[0-9]*m", ""))
        .contains("Config dir: " + home.resolve(".jupyter") + "\n    jupyter_lsp enabled\n");
    assertThat(theirs("server", "extension", "disable", "--user", "jupyter_lsp").code()).isZero();
    assertThat(ours("jupyter", "server", "extension", "list").out())
        .contains("Config dir: " + home.resolve(".jupyter") + "\n    jupyter_lsp disabled\n");
  }

  @Test
  void aRunningServerIsSeenAndStoppedUnderAllNames() {
    try (var server = OrreryServer.in(root)) {
      String address = ":" + server.port() + "/";
      for (String app : List.of("lab", "server", "notebook")) {
        assertThat(ours("jupyter", app, "list").out()).contains(address);
        assertThat(ours("jupyter-" + app, "list", "--json").out()).contains(address);
      }
      assertThat(json(ours("jupyter", "server", "list", "--jsonlist")))
          .isEqualTo(json(theirs("server", "list", "--jsonlist")));
      Outcome told = ours("jupyter-troubleshoot");
      assertThat(told.out()).contains(address);
      String token = json(ours("jupyter", "lab", "list", "--json")).path("token").asString();
      assertThat(token).isNotEmpty();
      assertThat(told.out()).doesNotContain(token);
      Outcome wrong = ours("jupyter", "notebook", "stop", "1");
      assertThat(wrong.code()).isEqualTo(1);
      assertThat(wrong.err()).contains(" - " + server.port());
      assertThat(ours("jupyter-lab", "stop", "" + server.port()).code()).isZero();
      assertThat(server.awaitExit(Duration.ofSeconds(60))).isZero();
    }
  }

  @Test
  void theirCommandStopsOurServer() {
    try (var server = OrreryServer.in(root)) {
      Outcome stopped = theirs("server", "stop", "" + server.port());
      assertThat(stopped.code()).as(stopped.err()).isZero();
      assertThat(server.awaitExit(Duration.ofSeconds(60))).isZero();
    }
  }

  @Test
  void configurationIsGeneratedAsInADockerfile() throws IOException {
    for (String app : List.of("lab", "server", "notebook")) {
      Path file = home.resolve(".jupyter/jupyter_" + app + "_config.py");
      Outcome written = ours("jupyter", app, "--generate-config", "--allow-root", "-y");
      assertThat(written.code()).as(written.err()).isZero();
      assertThat(written.out()).contains("Writing default config to: ").contains("" + file);
      assertThat(file).content().contains("# c.ServerApp.port = 8888");
      Files.writeString(file, "# mine");
      assertThat(ours("jupyter-" + app, "--generate-config", "--allow-root").code()).isEqualTo(1);
      assertThat(file).hasContent("# mine");
      assertThat(ours("jupyter-" + app, "--generate-config", "--allow-root", "-y").code()).isZero();
      assertThat(file).content().isNotEqualTo("# mine");
    }
  }

  @Test
  void aPasswordSetUnderAnyNameIsOneForBoth() throws IOException {
    Path file = home.resolve(".jupyter/jupyter_server_config.json");
    for (String app : List.of("lab", "server", "notebook")) {
      Path input = Files.writeString(root.resolve("input"), "secret of " + app + "\n");
      Outcome set = run(links.resolve("jupyter"), input, app, "password");
      assertThat(set.code()).as(set.err()).isZero();
      assertThat(set.out()).contains("Wrote hashed password to " + file);
      Outcome checked =
          run(
              Requirements.hub().resolve("bin/python"),
              input,
              "-c",
              "import json, sys; from jupyter_server.auth.security import passwd_check;"
                  + " print(passwd_check(json.load(open(sys.argv[1]))['IdentityProvider']"
                  + "['hashed_password'], sys.stdin.readline().strip()))",
              file.toString());
      assertThat(checked.out()).as(checked.err()).isEqualTo("True\n");
    }
  }

  @Test
  void thereIsNothingToBuildOrToClean() {
    Outcome built = ours("jupyter", "lab", "build", "-y", "--dev-build=False", "--minimize=False");
    assertThat(built.code()).isZero();
    assertThat(built.out()).contains("Nothing to build");
    assertThat(ours("jupyter-lab", "clean", "--all").code()).isZero();
    for (String command : List.of("install", "develop", "build", "uninstall", "update")) {
      Outcome refused = ours("jupyter", "labextension", command, ".");
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).contains("pip").hasLineCount(1);
    }
  }

  @Test
  void everyCommandHelps() {
    for (String command :
        List.of(
            "kernelspec",
            "kernelspec list",
            "kernelspec install",
            "kernelspec remove",
            "labextension",
            "labextension list",
            "labextension enable",
            "labextension lock",
            "lab list",
            "lab stop",
            "lab path",
            "lab build",
            "lab clean",
            "lab workspaces",
            "lab workspaces export",
            "server list",
            "server password",
            "server extension",
            "server extension enable",
            "notebook stop",
            "troubleshoot")) {
      var words = new ArrayList<>(List.of(command.split(" ")));
      words.add("--help");
      Outcome help = ours("jupyter", words.toArray(String[]::new));
      assertThat(help.code()).as(command).isZero();
      assertThat(help.out()).as(command).startsWith("Usage: ").hasSizeGreaterThan(80);
      assertThat(help.err()).as(command).isEmpty();
    }
  }

  private static JsonNode json(Outcome outcome) {
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  private Outcome ours(String link, String... arguments) {
    return run(links.resolve(link), Path.of("/dev/null"), arguments);
  }

  private Outcome theirs(String... arguments) {
    return run(Requirements.hub().resolve("bin/jupyter"), Path.of("/dev/null"), arguments);
  }

  private Outcome run(Path program, Path input, String... arguments) {
    try {
      Path out = Files.createTempFile(root, "out-", ".log");
      Path err = Files.createTempFile(root, "err-", ".log");
      ProcessBuilder command = OrreryServer.command(root, List.of(arguments));
      command.command().set(0, program.toString());
      command
          .environment()
          .put(
              "PATH",
              String.join(
                  File.pathSeparator,
                  links.toString(),
                  Requirements.hub().resolve("bin").toString(),
                  "/usr/bin",
                  "/bin"));
      // Letters that are not ASCII in arguments and output.
      command.environment().put("LC_ALL", "C.UTF-8");
      Process process =
          command
              .redirectInput(input.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(program + " did not end:\n" + Texts.read(err));
      }
      return new Outcome(
          process.exitValue(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    } catch (IOException e) {
      throw new AssertionError(program + " could not be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }
}
