package dev.orrery.kernel;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The running kernels. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class Kernels implements AutoCloseable {

  /** Starts nothing yet but the thread that culls. */
  public Kernels(KernelSettings settings, KernelSpecs specs, KernelHost host) {
    throw new UnsupportedOperationException();
  }

  /** Starts a kernel and returns once its process runs; see {@link Kernel#awaitReady}. */
  public Kernel start(StartRequest request) throws KernelStartException {
    throw new UnsupportedOperationException();
  }

  /** The running kernel of that id. */
  public Optional<Kernel> find(String id) {
    throw new UnsupportedOperationException();
  }

  /** All running kernels, oldest first. */
  public List<Kernel> list() {
    throw new UnsupportedOperationException();
  }

  /** Ends a kernel and forgets it; returns when its process is gone. */
  public void shutdown(String id) throws KernelNotFoundException {
    throw new UnsupportedOperationException();
  }

  /** Ends all kernels at the same time, killing those still there after {@code limit}. */
  public void shutdownAll(Duration limit) {
    throw new UnsupportedOperationException();
  }

  /** Stops culling and ends all kernels. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
