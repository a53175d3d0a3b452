package dev.orrery.hub.store;

import java.util.List;

/**
 * A program that logs people in with our help: a server of a user, or a service.
 *
 * @param secret the hash of what it proves itself with
 * @param redirectUri where people are sent back to, compared whole
 * @param allowedScopes what it may ask for
 */
public record OAuthClient(
    String identifier,
    String description,
    String secret,
    String redirectUri,
    List<String> allowedScopes) {

  /** Who tokens that people and settings ask for are given by; there is one in every database. */
  public static final String OWN = "jupyterhub";

  public OAuthClient {
    allowedScopes = List.copyOf(allowedScopes);
  }
}
