package dev.orrery.conformance;

import java.io.File;
import java.nio.file.Path;
import java.util.List;

/** A hub, or a proxy beside it, with files of its own and nothing of who runs the tests. */
final class HubProcess {

  private HubProcess() {}

  /**
   * What starts a program; where its output goes is left to the caller.
   *
   * @param bin programs of this folder are found first
   */
  static ProcessBuilder builder(Path root, Path bin, List<String> line) {
    var builder = new ProcessBuilder(line).directory(root.toFile());
    var environment = builder.environment();
    environment
        .keySet()
        .removeIf(variable ->
            variable.startsWith("JUPYTER")
                || variable.startsWith("ORRERY")
                || variable.startsWith("CONFIGPROXY")
                || variable.equals("VIRTUAL_ENV"));
    environment.put("HOME", root.resolve("home").toString());
    environment.merge("PATH", bin.toString(), (path, first) -> first + File.pathSeparator + path);
    return builder.redirectInput(new File("/dev/null")).redirectErrorStream(true);
  }
}
