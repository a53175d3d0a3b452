package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;

/**
 * What a browser carries from us to a client, which turns it into a token, once.
 *
 * @param challenge of PKCE; empty for none
 * @param challengeMethod {@code S256} or {@code plain}; empty for none
 */
public record OAuthCode(
    String code,
    String clientId,
    long user,
    Instant expiresAt,
    String redirectUri,
    String sessionId,
    List<String> scopes,
    String challenge,
    String challengeMethod) {
  public OAuthCode {
    scopes = List.copyOf(scopes);
  }
}
