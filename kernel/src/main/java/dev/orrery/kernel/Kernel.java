package dev.orrery.kernel;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One running kernel. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class Kernel {

  Kernel() {}

  /** Its id, the same through restarts. */
  public String id() {
    throw new UnsupportedOperationException();
  }

  /** The name of its spec. */
  public String name() {
    throw new UnsupportedOperationException();
  }

  /** Its spec, as it was when the kernel was started. */
  public KernelSpec spec() {
    throw new UnsupportedOperationException();
  }

  /** What it is doing. */
  public ExecutionState state() {
    throw new UnsupportedOperationException();
  }

  /** When something last happened in it. */
  public Instant lastActivity() {
    throw new UnsupportedOperationException();
  }

  /** How many listeners are attached. */
  public int connections() {
    throw new UnsupportedOperationException();
  }

  /** When it was first started. */
  public Instant startedAt() {
    throw new UnsupportedOperationException();
  }

  /** Why it is dead, a sentence for people. */
  public Optional<String> reason() {
    throw new UnsupportedOperationException();
  }

  /** Waits until the kernel answers and its output is subscribed to. */
  public boolean awaitReady(Duration limit) throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /** Interrupts what runs. */
  public void interrupt() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Ends the process and starts it again with the same id and ports; listeners stay attached. */
  public void restart() throws KernelStartException {
    throw new UnsupportedOperationException();
  }

  /** Ends the kernel. */
  public void shutdown() {
    throw new UnsupportedOperationException();
  }

  /** The content of the last kernel_info_reply, a JSON object in UTF-8. */
  public Optional<byte[]> kernelInfo() {
    throw new UnsupportedOperationException();
  }

  /** Attaches a session. */
  public Attachment attach(String sessionId, KernelListener listener) {
    throw new UnsupportedOperationException();
  }
}
