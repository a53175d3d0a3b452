package dev.orrery.kubernetes.api;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** What was asked of the API server was not done. */
public final class ApiFailure extends Exception {

  private static final long serialVersionUID = 1;

  /** The status where there was no answer at all. */
  public static final int NO_ANSWER = 0;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int GONE = 410;
  private static final int TOO_MANY = 429;
  private static final int SERVER_FAILS = 500;

  private final int status;
  private final Duration pause;

  /**
   * A failure.
   *
   * @param status of HTTP, or {@link #NO_ANSWER}
   * @param message its own sentence, or ours
   */
  public ApiFailure(int status, String message) {
    this(status, message, Duration.ZERO);
  }

  /**
   * A failure of a server that says when to ask again.
   *
   * @param status of HTTP
   * @param message its own sentence
   * @param pause how long it wants to be left alone
   */
  ApiFailure(int status, String message, Duration pause) {
    super(requireNonNull(message, "message"));
    this.status = status;
    this.pause = requireNonNull(pause, "pause");
  }

  /** The sentence. */
  public String message() {
    return requireNonNull(getMessage(), "message");
  }

  /** The status of HTTP, or {@link #NO_ANSWER}. */
  public int status() {
    return status;
  }

  /** How long the server wants to be left alone; zero where it has said nothing of that. */
  public Duration pause() {
    return pause;
  }

  /** There is no such object. */
  public boolean isNotFound() {
    return status == NOT_FOUND;
  }

  /** There is one already, or it is another than was thought. */
  public boolean isConflict() {
    return status == CONFLICT;
  }

  /** The rights are missing, or a quota or an admission rule forbids it. */
  public boolean isForbidden() {
    return status == FORBIDDEN || status == UNAUTHORIZED;
  }

  /** It is not known who asks: the credentials are none, or none any more. */
  public boolean isUnauthorized() {
    return status == UNAUTHORIZED;
  }

  /** What a watch was to begin with is no longer known. */
  boolean isTooOld() {
    return status == GONE;
  }

  /** The same request may succeed later. */
  public boolean isPassing() {
    return status == NO_ANSWER || status == TOO_MANY || status >= SERVER_FAILS;
  }
}
