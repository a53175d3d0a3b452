package dev.orrery.kernel.process;

import java.nio.file.Path;

/** Where a child's standard streams go. */
public sealed interface Stdio {

  /** stdin is empty; stdout and stderr are appended to a file that is made with mode 0600. */
  record ToFile(Path file) implements Stdio {}

  /**
   * All three are the slave side of a pseudo terminal, which becomes the child's controlling
   * terminal.
   */
  record Pty(Path slave) implements Stdio {}
}
