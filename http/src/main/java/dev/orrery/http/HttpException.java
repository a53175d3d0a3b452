package dev.orrery.http;

import org.jspecify.annotations.Nullable;

/**
 * Ends a request with a definite answer. Thrown by handlers; turned into a JSON body or an error
 * page by the server, in one place. Carries no stack trace of interest: it is an answer, not a
 * fault.
 */
public final class HttpException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final @Nullable String reason;

  /**
   * Makes a refusal.
   *
   * @param status the status of the answer, 400 to 599
   * @param message a sentence for the person who reads it: the value, the rule, the way out; never
   *     a secret
   */
  public HttpException(int status, String message) {
    this(status, message, null);
  }

  /**
   * Makes a refusal.
   *
   * @param status the status of the answer, 400 to 599
   * @param message a sentence for the person who reads it
   * @param reason a short machine-readable word that some clients look at ({@code bad format}), or
   *     null
   */
  public HttpException(int status, String message, @Nullable String reason) {
    super(message, null, false, false);
    this.status = status;
    this.reason = reason;
  }

  public int status() {
    return status;
  }

  public String message() {
    String message = getMessage();
    return message == null ? "" : message;
  }

  public @Nullable String reason() {
    return reason;
  }
}
