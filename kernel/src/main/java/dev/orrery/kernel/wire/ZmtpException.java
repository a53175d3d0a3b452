package dev.orrery.kernel.wire;

import java.io.IOException;
import java.io.Serial;

/** The peer does not speak ZMTP 3 as we do; the message says which rule it broke. */
public final class ZmtpException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  ZmtpException(String message) {
    super(message);
  }
}
