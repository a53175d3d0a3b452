package dev.orrery.kernel;

import java.io.Serial;

/** No kernel of that id is running. */
public final class KernelNotFoundException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  KernelNotFoundException(String message) {
    super(message);
  }
}
