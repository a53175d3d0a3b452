package dev.orrery.server.hub;

import dev.orrery.http.Exchange;
import dev.orrery.http.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Logins that were sent to the hub and have not come back. All there is to know of one is sealed
 * into a cookie of the browser that began it, so that it survives a restart of the server, and
 * costs the server nothing when it is given up.
 */
final class PendingLogins {

  static final Duration TIME = Duration.ofMinutes(10);

  /** Further ones replace the oldest: each is a cookie that the browser sends with each request. */
  private static final int MOST = 5;

  /** Cookies longer than 4 KB are dropped by browsers. */
  private static final int LONGEST_TARGET = 2_000;

  private static final int NAME_LENGTH = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * A login that begins.
   *
   * @param state comes back with the browser
   * @param challenge the hub wants the secret behind it for its answer
   */
  record Begun(String state, String challenge) {}

  /**
   * A login that came back.
   *
   * @param next where the visitor wanted to go
   * @param verifier the secret behind the challenge
   */
  record Returned(String next, String verifier) {}

  private record Open(String name, String state, long since, Returned login) {}

  private final HubCookies cookies;
  private final SealedValue sealed;
  private final Clock clock;

  PendingLogins(HubCookies cookies, SealedValue sealed, Clock clock) {
    this.cookies = cookies;
    this.sealed = sealed;
    this.clock = clock;
  }

  /** Begins a login, with a cookie in the answer. */
  Begun begin(Exchange exchange, String next) {
    makeRoom(exchange);
    String state = random(16);
    String verifier = random(32);
    var content =
        Json.object()
            .put("state", state)
            .put("since", clock.millis())
            .put("next", next.length() > LONGEST_TARGET ? "" : next)
            .put("verifier", verifier);
    String name = name(state);
    cookies.setState(exchange, name, sealed.seal(name, Json.bytes(content)), TIME);
    return new Begun(state, base64(sha256(verifier)));
  }

  /** The login that {@code state} belongs to, if this browser began it and not too long ago. */
  Optional<Returned> find(Exchange exchange, String state) {
    if (state.length() < NAME_LENGTH) {
      return Optional.empty();
    }
    return open(exchange, name(state))
        .filter(login ->
            MessageDigest.isEqual(
                login.state.getBytes(StandardCharsets.UTF_8),
                state.getBytes(StandardCharsets.UTF_8)))
        .map(Open::login);
  }

  /** Ends all logins this browser began: one that is through is enough. */
  void end(Exchange exchange) {
    names(exchange).forEach(name -> cookies.clearState(exchange, name));
  }

  private void makeRoom(Exchange exchange) {
    List<String> names = names(exchange);
    if (names.size() < MOST) {
      return;
    }
    List<Open> live = new ArrayList<>();
    for (String name : names) {
      open(exchange, name).ifPresentOrElse(live::add, () -> cookies.clearState(exchange, name));
    }
    live.sort(Comparator.comparingLong(Open::since));
    for (Open old : live.subList(0, Math.max(0, live.size() - MOST + 1))) {
      cookies.clearState(exchange, old.name);
    }
  }

  private Optional<Open> open(Exchange exchange, String name) {
    return exchange
        .cookie(name)
        .flatMap(value -> sealed.open(name, value))
        .flatMap(content -> read(name, content));
  }

  private Optional<Open> read(String name, byte[] content) {
    try {
      JsonNode json = Json.parse(content);
      long since = json.path("since").asLong(0);
      long age = clock.millis() - since;
      return age >= 0 && age <= TIME.toMillis()
          ? Optional.of(
              new Open(
                  name,
                  json.path("state").asString(""),
                  since,
                  new Returned(json.path("next").asString(""), json.path("verifier").asString(""))))
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private List<String> names(Exchange exchange) {
    return exchange.cookieNames().stream()
        .filter(name -> name.startsWith(cookies.statePrefix()))
        .toList();
  }

  private String name(String state) {
    return cookies.statePrefix() + "-" + state.substring(0, NAME_LENGTH);
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return base64(random);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
