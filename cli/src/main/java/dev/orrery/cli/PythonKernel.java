package dev.orrery.cli;

import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSpecs;
import dev.orrery.kernel.PrivatePython;
import dev.orrery.kernel.PythonInterpreters;
import dev.orrery.server.settings.KernelSpecSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that a first notebook runs: where no Python kernel is installed, one is made in an
 * environment of our own. That it can't be made is told and stops nothing.
 */
final class PythonKernel {

  private static final System.Logger LOG = System.getLogger(PythonKernel.class.getName());

  private final KernelSpecSettings settings;
  private final PrivatePython environment;
  private final CountDownLatch made = new CountDownLatch(1);
  private boolean needed;

  PythonKernel(KernelSpecSettings settings, JupyterPaths paths, Map<String, String> env) {
    this.settings = settings;
    environment = environment(paths, env);
  }

  private static PrivatePython environment(JupyterPaths paths, Map<String, String> env) {
    return new PrivatePython(paths.privatePython(), env);
  }

  private static boolean hasPython(KernelSpecs specs) {
    return specs.findAll().values().stream()
        .anyMatch(spec -> spec.language().equalsIgnoreCase("python"));
  }

  /** What a server that looks in these folders offers by now; nothing is made. */
  static KernelSpecs specs(List<Path> folders, JupyterPaths paths, Map<String, String> env) {
    var installed = new KernelSpecs(folders, Set.of());
    PrivatePython environment = environment(paths, env);
    if (environment.python().isEmpty() || hasPython(installed)) {
      return installed;
    }
    List<Path> all = new ArrayList<>(folders);
    all.add(environment.kernelDir());
    return new KernelSpecs(all, Set.of());
  }

  /** Makes the environment when it is needed and wanted. */
  void ensure() {
    if (hasPython(new KernelSpecs(settings.folders(), settings.allowed()))) {
      return;
    }
    if (environment.python().isPresent()) {
      needed = true;
      return;
    }
    if (!settings.ensurePython()) {
      return;
    }
    LOG.log(
        System.Logger.Level.INFO,
        "No Python kernel is installed; making one (--no-python skips this)");
    // A signal during these minutes ends pip as well, and leaves nothing half made.
    Thread maker = Thread.currentThread();
    Thread onExit = Thread.ofPlatform().unstarted(() -> interruptAndWait(maker));
    Runtime.getRuntime().addShutdownHook(onExit);
    PrivatePython.Result result =
        environment.make(line -> LOG.log(System.Logger.Level.INFO, "  " + line));
    made.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The process ends already; the hook has run.
      return;
    }
    switch (result) {
      case PrivatePython.Result.Ready _ -> needed = true;
      case PrivatePython.Result.Unavailable(String sentence) ->
          LOG.log(System.Logger.Level.WARNING, "There will be no Python kernel: " + sentence);
    }
  }

  private void interruptAndWait(Thread maker) {
    maker.interrupt();
    try {
      if (!made.await(10, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "Making the Python environment did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The kernelspecs of this machine, ours last. */
  KernelSpecs specs() {
    List<Path> folders = new ArrayList<>(settings.folders());
    if (needed) {
      folders.add(environment.kernelDir());
    }
    return new KernelSpecs(folders, settings.allowed());
  }

  /** What a bare {@code python} in a kernelspec stands for. */
  PythonInterpreters interpreters() {
    return needed
        ? command -> command.startsWith("python") ? environment.python() : Optional.empty()
        : PythonInterpreters.ON_PATH;
  }
}
