package dev.orrery.kernel;

import java.io.Serial;

/**
 * A kernel could not be started. The message is a sentence for people that names the spec and the
 * remedy.
 */
public sealed class KernelStartException extends Exception permits UnknownKernelSpecException {

  @Serial private static final long serialVersionUID = 1L;

  KernelStartException(String message) {
    super(message);
  }

  KernelStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
