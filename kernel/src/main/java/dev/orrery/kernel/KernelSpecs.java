package dev.orrery.kernel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The installed kernelspecs. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class KernelSpecs {

  /**
   * Looks in directories of kernelspecs.
   *
   * @param directories searched in this order; the first spec of a name wins; missing ones are fine
   * @param allowed names that may be used; empty: all
   */
  public KernelSpecs(List<Path> directories, Set<String> allowed) {
    throw new UnsupportedOperationException();
  }

  /** Every usable spec by its name, sorted. */
  public Map<String, KernelSpec> findAll() {
    throw new UnsupportedOperationException();
  }

  /** The spec of that name, in any case; empty when there is none that is usable and allowed. */
  public Optional<KernelSpec> find(String name) {
    throw new UnsupportedOperationException();
  }
}
