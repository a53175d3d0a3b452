package dev.orrery.server.settings;

import dev.orrery.kernel.JupyterPaths;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Which kernels there are.
 *
 * @param folders where kernelspecs are looked for, the most important first
 * @param allowed the kernelspecs that are shown; empty for all
 * @param ensurePython whether a Python kernel is made when there is none
 */
public record KernelSpecSettings(List<Path> folders, Set<String> allowed, boolean ensurePython) {

  public KernelSpecSettings {
    folders = List.copyOf(folders);
    allowed = Set.copyOf(allowed);
  }

  static KernelSpecSettings read(Given given, JupyterPaths paths) {
    List<Path> set = given.paths(KernelTraits.KERNEL_DIRS);
    return new KernelSpecSettings(
        set.isEmpty() ? paths.kernelDirs() : set,
        Set.copyOf(given.get(KernelTraits.ALLOWED_KERNELSPECS)),
        given.get(KernelTraits.ENSURE_NATIVE_KERNEL) && given.get(ServerDeclarations.PYTHON));
  }
}
