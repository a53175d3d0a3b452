package dev.orrery.server.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * What the hub said about tokens, believed for a while. The hub is asked once for all requests that
 * wait for the same answer; a failure is the answer to those that waited, and is not kept. Bounded:
 * what was not used for longest is forgotten first.
 */
final class KnownTokens {

  private static final int MOST = 1_000;

  /** Asks the hub. */
  @FunctionalInterface
  interface Question {
    Optional<HubUser> ask(String token) throws HubTrouble, InterruptedException;
  }

  private record Key(String tokenDigest, String session) {}

  private record Asked(FutureTask<Optional<HubUser>> answer, long since) {}

  private final Question question;
  private final long believedNanos;

  private final Map<Key, Asked> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Asked> eldest) {
          return size() > MOST;
        }
      };

  KnownTokens(Question question, Duration believed) {
    this.question = question;
    believedNanos = believed.toNanos();
  }

  /**
   * Whom a token belongs to.
   *
   * @param session the browser's session at the hub: it ends with a logout there, and answers that
   *     were given in it are then not used any more
   */
  Optional<HubUser> find(String token, String session) throws HubTrouble, InterruptedException {
    var key = new Key(digest(token), session);
    Asked entry = claim(key, token);
    entry.answer.run(); // Does nothing where another request asks already.
    try {
      return entry.answer.get();
    } catch (ExecutionException e) {
      forget(key, entry);
      switch (e.getCause()) {
        case HubTrouble trouble -> throw trouble;
        case InterruptedException _ ->
            throw HubTrouble.unreachable("The question to the hub was given up");
        case null, default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private synchronized Asked claim(Key key, String token) {
    @Nullable Asked known = entries.get(key);
    long now = System.nanoTime();
    if (known != null && now - known.since < believedNanos) {
      return known;
    }
    var fresh = new Asked(new FutureTask<>(() -> question.ask(token)), now);
    entries.put(key, fresh);
    return fresh;
  }

  private synchronized void forget(Key key, Asked entry) {
    entries.remove(key, entry);
  }

  /** Forgets a token, in whichever session it was used. */
  synchronized void forget(String token) {
    String gone = digest(token);
    entries.keySet().removeIf(key -> key.tokenDigest.equals(gone));
  }

  synchronized int size() {
    return entries.size();
  }

  /** Stands for a token where it is kept or shown. */
  static String digest(String token) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
