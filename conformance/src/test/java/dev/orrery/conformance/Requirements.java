package dev.orrery.conformance;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a suite needs from the machine. Something missing is a failure that says how to get it. */
public final class Requirements {

  private static final String REMEDY = "./dev test installs it and passes it on.";

  private Requirements() {}

  /** The distribution under test. */
  static Path distribution() {
    Path home = given("orrery.home", "the distribution under test; ./orrery version builds one");
    return require(home, home.resolve("bin").resolve("orrery"), "no distribution");
  }

  /** A Python that has ipykernel and ipywidgets. */
  static Path python() {
    Path python = given("orrery.python", "a Python with ipykernel and ipywidgets; " + REMEDY);
    return require(python, python, "no Python");
  }

  /** A Python environment that has jupyterhub. */
  static Path hub() {
    Path venv = given("orrery.hub", "a Python environment with jupyterhub; " + REMEDY);
    return require(venv, venv.resolve("bin").resolve("jupyterhub"), "no JupyterHub");
  }

  /** A Python environment that has JupyterLab, prebuilt extensions and a language pack. */
  static Path lab() {
    Path venv = given("orrery.lab", "a Python environment with JupyterLab; " + REMEDY);
    return require(venv, venv.resolve("bin").resolve("jupyter-lab"), "no JupyterLab");
  }

  /** The folder that holds the {@code node_modules} of {@code conformance/services}. */
  static Path nodeModules() {
    Path folder =
        given(
            "orrery.node.modules",
            "a folder in which 'npm ci' ran with the package.json of conformance/services; "
                + REMEDY);
    return require(
        folder,
        folder.resolve("node_modules").resolve("@jupyterlab").resolve("services"),
        "no @jupyterlab/services (run 'npm ci' there)");
  }

  /**
   * The programs of a Kubernetes, where this machine can run one. A test that asks on another one
   * is skipped.
   */
  public static Path cluster() {
    String limit = System.getProperty("orrery.cluster", "");
    assumeFalse(limit.startsWith("platform:"), limit);
    Path programs = given("orrery.cluster", "the folder that 'cluster build' makes; " + REMEDY);
    return require(programs, programs.resolve("kubectl"), "no kubectl");
  }

  static Path node() {
    return onPath("node")
        .orElseThrow(
            () -> new AssertionError("No node on PATH: install Node.js 20 or newer. " + REMEDY));
  }

  static Path chromium() {
    String given = System.getProperty("orrery.chromium", "");
    if (!given.isEmpty()) {
      return require(Path.of(given), Path.of(given), "no Chromium");
    }
    return List.of("chromium", "chromium-browser", "google-chrome").stream()
        .flatMap(name -> onPath(name).stream())
        .findFirst()
        .orElseThrow(() ->
            new AssertionError(
                "No chromium, chromium-browser or google-chrome on PATH: install one, or name it"
                    + " with -Dorrery.chromium=FILE. "
                    + REMEDY));
  }

  private static Path given(String property, String what) {
    String value = System.getProperty(property, "");
    if (value.isEmpty()) {
      throw new AssertionError("Missing -D" + property + ": " + what);
    }
    return Path.of(value).toAbsolutePath();
  }

  private static Path require(Path result, Path file, String otherwise) {
    if (!Files.exists(file)) {
      throw new AssertionError(result + " has " + otherwise + ": " + file + " does not exist");
    }
    return result;
  }

  private static Optional<Path> onPath(String program) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
