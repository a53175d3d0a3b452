package dev.orrery.spawner.spi;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** A server that could not be started, for a reason people understand. */
public final class SpawnFailure extends Exception {

  private static final long serialVersionUID = 1;
  private static final int REFUSED = 400;
  private static final int FAILED = 500;

  private final transient Optional<String> htmlMessage;
  private final String reason;
  private final int status;

  /**
   * Any failure.
   *
   * @param message a sentence or two for the user
   * @param htmlMessage the same with markup, which the spawner vouches for
   * @param reason a word for the metrics
   * @param status of HTTP; below 500 when the user asked for what is not allowed
   */
  public SpawnFailure(String message, Optional<String> htmlMessage, String reason, int status) {
    super(requireNonNull(message, "message"));
    this.htmlMessage = requireNonNull(htmlMessage, "htmlMessage");
    this.reason = requireNonNull(reason, "reason");
    this.status = status;
  }

  /** What was asked for is not allowed, or not possible for this user. */
  public static SpawnFailure refused(String reason, String message) {
    return new SpawnFailure(message, Optional.empty(), reason, REFUSED);
  }

  /** Something is wrong with the server, the machine, or the configuration. */
  public static SpawnFailure failed(String reason, String message) {
    return new SpawnFailure(message, Optional.empty(), reason, FAILED);
  }

  /** A sentence or two for the user. */
  public String message() {
    return requireNonNull(getMessage(), "message");
  }

  /** The same with markup, if there is one. */
  public Optional<String> htmlMessage() {
    return htmlMessage;
  }

  /** A word for the metrics. */
  public String reason() {
    return reason;
  }

  /** The status of HTTP it is answered with. */
  public int status() {
    return status;
  }
}
