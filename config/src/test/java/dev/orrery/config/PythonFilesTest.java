package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonFilesTest {

  @TempDir Path directory;
  private Lab lab;

  @BeforeEach
  void start() throws IOException {
    lab = new Lab(directory);
  }

  private String problems(String content) throws IOException {
    return lab.file("jupyter_config.py", content).problems().toString();
  }

  /** An interpreter without site-packages, and so without traitlets. */
  private Path bare() throws IOException {
    var path = directory.resolve("bare-python");
    Files.writeString(path, "#!/bin/sh\nexec python3 -S \"$@\"\n");
    assertThat(path.toFile().setExecutable(true)).isTrue();
    return path;
  }

  @Test
  void everyFormOfValueArrives() throws IOException {
    lab.file(
        "jupyter_config.py",
        """
        import os
        from pathlib import Path
        c = get_config()
        class Text(str): pass
        c.ServerApp.ip = Text("é\\ud800")
        c.ServerApp.root_dir = Path("/x")
        c.ServerApp.cookie_secret = bytes([0, 255])
        c.ServerApp.extra_static_paths = {"b"}
        c.ServerApp.tornado_settings = {"t": (1, 2.5, None, True, 2**70), "f": float("inf")}
        c.ServerApp["port"] = 0x10
        c["KernelManager"].shutdown_wait_time = 7
        c.ServerApp.max_body_size = 4e9
        c.ServerApp.external_connection_dir = os.path.basename(__file__)
        """);
    var settings = lab.settings();
    assertThat(settings.get(Lab.IP)).isEqualTo("é\ud800");
    assertThat(settings.get(Lab.ROOT_DIR)).isEqualTo("/x");
    assertThat(settings.get(Lab.COOKIE_SECRET)).containsExactly(0, 255);
    assertThat(settings.get(Lab.STATIC_PATHS)).containsExactly("b");
    assertThat(settings.get(Lab.TORNADO).get("f")).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat((List<?>) settings.get(Lab.TORNADO).get("t")).hasSize(5);
    assertThat(settings.get(Lab.PORT)).isEqualTo(16);
    assertThat(settings.get(Lab.SHUTDOWN)).isEqualTo(7);
    assertThat(settings.get(Lab.MAX_BODY)).isEqualTo(4_000_000_000L);
    assertThat(settings.get(Lab.CONNECTION_DIR)).contains("jupyter_config.py");
  }

  @Test
  void subconfigIsReadFromTheSameDirectory() throws IOException {
    lab.file("base.py", "c.ServerApp.port = 1\nc.ServerApp.ip = 'base'\n")
        .file(
            "jupyter_config.py",
            """
            load_subconfig('base.py')
            load_subconfig('none.py')
            c.ServerApp.port = 2
            """);
    var settings = lab.settings();
    assertThat(settings.get(Lab.PORT)).isEqualTo(2);
    assertThat(settings.get(Lab.IP)).isEqualTo("base");
    assertThat(settings.origin(Lab.IP)).endsWith("base.py:2");
  }

  @Test
  void configOfTraitletsMeansThisFileWithAndWithoutThePackage() throws IOException {
    lab.file(
        "jupyter_config.py",
        """
        from traitlets.config import get_config, Config
        c = get_config()
        c.ServerApp.port = 3
        c.merge(Config({'ServerApp': {'ip': 'm'}}))
        """);
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(3);
    assertThat(lab.python(bare()).settings().get(Lab.PORT)).isEqualTo(3);
    assertThat(lab.settings().get(Lab.IP)).isEqualTo("m");
  }

  @Test
  void callableIsNamedWithFileAndLine() throws IOException {
    assertThat(problems("\nc.ServerApp.ip = lambda: 1\n"))
        .isEqualTo(
            "[high/jupyter_config.py:2: ServerApp.ip: is a callable where only a value is supported;"
                + " set a value of the type Unicode or remove it]");
    assertThat(problems("c.ServerApp.tornado_settings = {'a': [print]}")).contains("is a callable");
    assertThat(problems("c.ServerApp.ip = object()")).contains("an object of the type object");
    assertThat(problems("class A: pass\nc.ServerApp.ip = A")).contains("is a callable");
    assertThat(problems("a = []\na.append(a)\nc.ServerApp.extra_static_paths = a"))
        .contains("nested deeper");
  }

  @Test
  void callableForAnotherProgramIsNoConcern() throws IOException {
    lab.file("jupyter_config.py", "c.JupyterHub.x = print\nc.ServerApp.port = 1\n");
    assertThat(lab.warnings()).isEmpty();
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(1);
  }

  @Test
  void errorsAreNamedWithFileAndLineAndOtherFilesAreStillRead() throws IOException {
    lab.file("jupyter_config.py", "x = 1\nc.ServerApp.port = missing\n")
        .file("jupyter_server_config.py", "c.ServerApp.ip = (\n")
        .lowFile("jupyter_config.py", "import sys\nsys.exit(3)\n")
        .lowFile("jupyter_server_config.py", "c.ServerApp.ip = 5\n");
    assertThat(lab.problems())
        .satisfiesExactlyInAnyOrder(
            one ->
                assertThat(one)
                    .isEqualTo(
                        "high/jupyter_config.py:2: jupyter_config.py: failed with NameError: name"
                            + " 'missing' is not defined; correct it there"),
            two ->
                assertThat(two)
                    .startsWith("high/jupyter_server_config.py:1: ")
                    .contains("SyntaxError"),
            three ->
                assertThat(three)
                    .startsWith("low/jupyter_config.py:2: ")
                    .contains("ends the program"),
            four -> assertThat(four).startsWith("low/jupyter_server_config.py:1: ServerApp.ip"));
  }

  @Test
  void fileThatNeverEndsIsEndedWithWhatItStarted() throws IOException {
    var pid = directory.resolve("pid");
    lab.limit(Duration.ofSeconds(3));
    assertThat(
            problems(
                """
                import subprocess
                print('waiting for the moon', flush=True)
                p = subprocess.Popen(['sleep', '300'])
                open('%s', 'w').write(str(p.pid))
                p.wait()
                """
                    .formatted(pid)))
        .contains("high/jupyter_config.py: jupyter_config.py: was not evaluated within 3 seconds")
        .contains("it printed: waiting for the moon");
    var child = ProcessHandle.of(Long.parseLong(Files.readString(pid)));
    assertThat(child.map(ProcessHandle::onExit).orElse(CompletableFuture.completedFuture(null)))
        .succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void fileThatKillsPythonIsNamed() throws IOException {
    assertThat(problems("import os\nos._exit(7)\n")).contains("ended python3 with status 7");
  }

  @Test
  void hugeAnswerIsCutOff() throws IOException {
    assertThat(problems("c.ServerApp.ip = 'x' * 20_000_000\n")).contains("more than 16 MiB");
  }

  @Test
  void whatAFilePrintsBecomesAWarningAndIsBounded() throws IOException {
    lab.file("jupyter_config.py", "print('x' * 100_000)\nprint('bye')\nc.ServerApp.port = 4\n");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(4);
    assertThat(lab.warnings())
        .singleElement()
        .satisfies(text -> assertThat(text).hasSizeLessThan(5_000).endsWith("bye"));
  }

  @Test
  void workingDirectoryCannotShadowAModule() throws IOException {
    Files.writeString(directory.resolve("json.py"), "raise SystemExit('shadowed')");
    lab.file("jupyter_config.py", "import json\nc.ServerApp.port = len(json.dumps([]))\n");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(2);
  }

  @Test
  void linesOfOthersOnStandardOutputAreNotTakenForTheAnswer() throws IOException {
    var noisy = directory.resolve("noisy-python");
    Files.writeString(
        noisy, "#!/bin/sh\necho '{\"start\": oops}'\necho hello\nexec python3 \"$@\"\n");
    assertThat(noisy.toFile().setExecutable(true)).isTrue();
    lab.python(noisy).file("jupyter_config.py", "c.ServerApp.port = 2\n");
    assertThat(lab.settings().get(Lab.PORT)).isEqualTo(2);
  }

  @Test
  void missingInterpreterIsAProblemOfTheFileThatNeedsIt() throws IOException {
    lab.environment("PATH", "").file("jupyter_config.py", "c.ServerApp.port = 4\n");
    assertThat(lab.problems())
        .singleElement()
        .asString()
        .startsWith("high/jupyter_config.py: jupyter_config.py: needs python3, and there is none");
    assertThat(lab.python(directory.resolve("gone")).problems())
        .singleElement()
        .asString()
        .contains("cannot be started");
  }

  @Test
  void noInterpreterIsStartedWithoutAPythonFile() throws IOException {
    lab.python(directory.resolve("gone")).file("jupyter_config.json", "{}");
    assertThat(lab.settings().get(Lab.TORNADO)).isEqualTo(Map.of("x", 1L));
  }
}
