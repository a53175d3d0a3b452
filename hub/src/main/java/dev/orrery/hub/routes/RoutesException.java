package dev.orrery.hub.routes;

/** The proxy does not do what it is told; the message is a sentence for the operator. */
public final class RoutesException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  RoutesException(String message) {
    super(message);
  }

  RoutesException(String message, Throwable cause) {
    super(message, cause);
  }
}
