package dev.orrery.kernel.process;

/** How a process ended. */
public sealed interface ExitStatus {

  /** It returned, or called exit, with this code from 0 to 255. */
  record Exited(int code) implements ExitStatus {}

  /** A signal ended it. */
  record Signalled(int signal) implements ExitStatus {}
}
