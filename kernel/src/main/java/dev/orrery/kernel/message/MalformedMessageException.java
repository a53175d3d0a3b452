package dev.orrery.kernel.message;

import java.io.Serial;

/** Bytes that are not a Jupyter message. The message says which rule they break. */
public sealed class MalformedMessageException extends Exception permits UnknownChannelException {

  @Serial private static final long serialVersionUID = 1L;

  /** A sentence for people, without a cause. */
  public MalformedMessageException(String message) {
    super(message);
  }

  /** A sentence for people, and what a parser said. */
  public MalformedMessageException(String message, Throwable cause) {
    super(message, cause);
  }
}
