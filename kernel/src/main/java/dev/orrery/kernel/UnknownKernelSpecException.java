package dev.orrery.kernel;

import java.io.Serial;

/** No kernelspec of that name is installed, or it is not among the allowed ones. */
public final class UnknownKernelSpecException extends KernelStartException {

  @Serial private static final long serialVersionUID = 1L;

  UnknownKernelSpecException(String message) {
    super(message);
  }
}
