package dev.orrery.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kernel.PrivatePython.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With scripts in place of python3, so that neither network nor Python is needed. */
class PrivatePythonTest {

  @TempDir Path root;

  private final List<String> progress = new ArrayList<>();
  private Path bin = Path.of("");
  private Path directory = Path.of("");

  @BeforeEach
  void makePlaces() throws IOException {
    bin = Files.createDirectories(root.resolve("bin"));
    directory = root.resolve("private");
  }

  @Test
  void environmentIsMadeOnceAndCompletely() throws IOException {
    python3(
        """
        mkdir -p "$3/bin"
        printf '#!/bin/sh\\nPATH=/bin:/usr/bin; echo Collecting things; echo "$@" > pip.log; mkdir -p "${0%%/bin/*}/share/jupyter/kernels/python3"\\n' > "$3/bin/python"
        chmod +x "$3/bin/python"
        """);
    Files.createDirectories(directory.resolve("build-stale/bin"));
    PrivatePython python = python();
    assertThat(python.python()).isEmpty();
    Result result = python.make(progress::add);
    assertThat(result).isEqualTo(new Result.Ready(directory.resolve("current/bin/python")));
    assertThat(python.python()).contains(directory.resolve("current/bin/python"));
    assertThat(python.kernelDir().resolve("python3")).isDirectory();
    assertThat(directory.resolve("pip.log"))
        .hasContent(
            "-m pip install --disable-pip-version-check --no-input --progress-bar off ipykernel==7.4.0");
    assertThat(progress).as("a line for each step, none of pip's").hasSize(3);
    assertThat(directory.resolve("build-stale")).doesNotExist();
    progress.clear();
    assertThat(python.make(progress::add)).isEqualTo(result);
    assertThat(progress).isEmpty();
  }

  @Test
  void missingPythonIsSaid() {
    assertUnavailable("no python3 on PATH");
  }

  @Test
  void missingVenvNamesThePackage() throws IOException {
    python3(
        "echo 'ensurepip is not available.'; echo '    apt install python3.11-venv'; echo; exit 1");
    assertUnavailable("install the package python3.11-venv");
    python3("echo \"/usr/bin/python3: No module named venv\" >&2; exit 1");
    assertUnavailable("install the package python3-venv");
  }

  @Test
  void noNetworkIsSaidAndNothingIsLeft() throws IOException {
    python3(
        """
        mkdir -p "$3/bin"
        printf '#!/bin/sh\\necho ERROR: Temporary failure in name resolution; exit 1\\n' > "$3/bin/python"
        chmod +x "$3/bin/python"
        """);
    assertUnavailable("cannot be reached");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(directory.resolve(".lock"));
    }
  }

  @Test
  void directoryThatCannotBeMadeIsSaid() throws IOException {
    python3("exit 0");
    Files.writeString(directory, "a file");
    assertUnavailable("could not be made");
  }

  private void assertUnavailable(String words) {
    assertThat(python().make(progress::add))
        .isInstanceOfSatisfying(
            Result.Unavailable.class, result -> assertThat(result.sentence()).contains(words));
    assertThat(python().python()).isEmpty();
  }

  private PrivatePython python() {
    // The scripts need mkdir and chmod, and must not find a real python3.
    return new PrivatePython(directory, Map.of("PATH", bin.toString()));
  }

  private void python3(String script) throws IOException {
    Path python = bin.resolve("python3");
    Files.writeString(python, "#!/bin/sh\nPATH=/usr/bin:/bin\nexport PATH\n" + script + "\n");
    assertThat(python.toFile().setExecutable(true)).isTrue();
  }
}
