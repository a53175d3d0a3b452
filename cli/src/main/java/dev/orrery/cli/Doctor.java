package dev.orrery.cli;

import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSpecs;
import dev.orrery.web.Pages;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code orrery doctor}: what is missing on this machine, and how to get it. */
final class Doctor {

  private boolean wanting;

  int run(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      System.out.println(
          "Usage: orrery doctor\n\nSays what a notebook server needs and whether it is there.");
      return 0;
    }
    Map<String, String> env = System.getenv();
    JupyterPaths paths = JupyterPaths.ofThisUser();
    say(true, Version.TEXT, "");
    Path home = Path.of(System.getProperty("orrery.home", "."));
    say(
        Pages.in(home).isPresent(),
        "Pages of JupyterLab and Notebook",
        "install Orrery again: share/jupyter/lab is missing");
    Optional<Path> python = Programs.find("python3", env);
    say(
        python.isPresent(),
        "python3" + python.map(path -> " at " + path).orElse(""),
        "install Python 3.10 or newer for Python notebooks and for .py configuration files");
    var specs = new KernelSpecs(paths.kernelDirs(), Set.of()).findAll();
    say(
        !specs.isEmpty() || python.isPresent(),
        specs.isEmpty()
            ? "No kernels are installed; a private Python kernel is made at the first start"
            : "Kernels: " + String.join(", ", specs.keySet()),
        "install a kernel, for example with 'pip install ipykernel'");
    System.out.println();
    System.out.println("Configuration: " + paths.configDir());
    System.out.println("Data:          " + paths.dataDir());
    System.out.println("Runtime files: " + paths.runtimeDir());
    return wanting ? 1 : 0;
  }

  private void say(boolean good, String what, String remedy) {
    wanting |= !good;
    System.out.println(
        (good ? "ok       " : "missing  ")
            + what
            + (good || remedy.isEmpty() ? "" : ": " + remedy));
  }
}
