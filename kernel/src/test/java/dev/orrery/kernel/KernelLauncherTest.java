package dev.orrery.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

class KernelLauncherTest {

  private static final Path FILE = Path.of("/run/kernel-1.json");

  @Test
  void placeholdersOfTheCommandAreReplacedAndUnknownOnesStay() {
    KernelSpec spec =
        spec(List.of("x", "-f={connection_file}", "{resource_dir}/a", "{other}", "{}"), Map.of());
    assertThat(launcher(Map.of()).command(spec, Map.of(), FILE))
        .containsExactly("x", "-f=/run/kernel-1.json", "/specs/x/a", "{other}", "{}");
  }

  @Test
  void onlyABarePythonIsReplacedByTheGivenInterpreter() {
    for (String bare : List.of("python", "python3", "python3.11")) {
      assertThat(launcher(Map.of()).command(spec(List.of(bare), Map.of()), Map.of(), FILE))
          .containsExactly("/private/bin/" + bare);
    }
    for (String other : List.of("/usr/bin/python3", "pythonw", "ipython")) {
      assertThat(launcher(Map.of()).command(spec(List.of(other), Map.of()), Map.of(), FILE))
          .containsExactly(other);
    }
  }

  @Test
  void specNextToAPythonRunsWithThatOne(@TempDir Path prefix) throws IOException {
    Path python = Files.createDirectories(prefix.resolve("bin")).resolve("python3");
    Files.writeString(python, "#!/bin/sh\n");
    assertThat(python.toFile().setExecutable(true)).isTrue();
    KernelSpec elsewhere = spec(List.of("python3"), Map.of());
    KernelSpec own =
        new KernelSpec(
            "x",
            prefix.resolve("share/jupyter/kernels/x"),
            elsewhere.argv(),
            "X",
            "x",
            InterruptMode.SIGNAL,
            Map.of(),
            elsewhere.metadata(),
            null,
            Map.of());
    assertThat(launcher(Map.of()).command(own, Map.of(), FILE)).containsExactly(python.toString());
  }

  @Test
  void environmentIsTheServersThenTheRequestsThenTheSpecs() {
    var host = new HashMap<>(Map.of("A", "host", "B", "host", "PATH", "/bin"));
    host.put("PYTHONEXECUTABLE", "x");
    host.put("JPY_PARENT_PID", "1");
    var request =
        new StartRequest(
            "x", Path.of("/"), Map.of("B", "request", "C", "request"), Optional.empty());
    KernelSpec spec =
        spec(List.of("x"), Map.of("C", "spec", "PATH", "/own:${PATH}", "D", "$B $$ ${NONE} $"));
    assertThat(launcher(host).environment(spec, request))
        .isEqualTo(
            Map.of(
                "A", "host",
                "B", "request",
                "C", "spec",
                "PATH", "/own:/bin",
                "D", "request $ ${NONE} $"));
  }

  private static KernelLauncher launcher(Map<String, String> env) {
    return new KernelLauncher(
        new KernelHost(
            Path.of("/run"), env, command -> Optional.of(Path.of("/private/bin", command))));
  }

  private static KernelSpec spec(List<String> argv, Map<String, String> env) {
    return new KernelSpec(
        "x",
        Path.of("/specs/x"),
        argv,
        "X",
        "x",
        InterruptMode.SIGNAL,
        env,
        JsonNodeFactory.instance.objectNode(),
        null,
        Map.of());
  }
}
