package dev.orrery.telemetry;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The identity that every log line of one request carries. Bound with {@link #bind} around the work
 * of a request, on the thread that does it.
 */
public final class RequestId {

  private static final ScopedValue<String> CURRENT = ScopedValue.newInstance();
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MAX_LENGTH = 64;

  private RequestId() {}

  /** The id bound to this thread's work, if any. */
  public static Optional<String> current() {
    return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
  }

  /** Runs {@code work} with {@code id} as the current id. */
  public static void bind(String id, Runnable work) {
    ScopedValue.where(CURRENT, id).run(work);
  }

  /**
   * The id to use for a request that came with {@code proposed} in its {@code X-Request-Id} header.
   *
   * @param proposed what the client sent, or null; taken over only when it is 1 to 64 letters,
   *     digits, {@code -}, {@code _} or {@code .}, because it is written to logs
   * @return a proposed id that is safe to log, or a new random one
   */
  public static String choose(@Nullable String proposed) {
    return proposed != null && isSafe(proposed) ? proposed : create();
  }

  private static String create() {
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static boolean isSafe(String id) {
    return !id.isEmpty()
        && id.length() <= MAX_LENGTH
        && id.chars()
            .allMatch(c ->
                c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '_'
                    || c == '.');
  }
}
