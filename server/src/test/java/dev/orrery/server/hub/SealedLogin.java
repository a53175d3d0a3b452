package dev.orrery.server.hub;

import dev.orrery.http.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;

/**
 * A pending login as the server itself would have sealed it, of any age and with any target.
 *
 * @param cookie the name of its cookie
 * @param challenge fits the verifier in the cookie
 */
public record SealedLogin(String cookie, String value, String state, String challenge) {

  /** Seals as the server with {@code token} does. */
  public static SealedLogin of(String token, String client, String target, Duration age) {
    String state = "state-of-a-test";
    String verifier = "verifier-of-a-test";
    String cookie = client + "-oauth-state-" + state.substring(0, 8);
    var content =
        Json.object()
            .put("state", state)
            .put("since", System.currentTimeMillis() - age.toMillis())
            .put("next", target)
            .put("verifier", verifier);
    var sealed = new SealedValue(new CookieKeys(token).sealing());
    return new SealedLogin(
        cookie, sealed.seal(cookie, Json.bytes(content)), state, challenge(verifier));
  }

  private static String challenge(String verifier) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
