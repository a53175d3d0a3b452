package dev.orrery.hub.oauth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** Proof that who brings a code is who asked for it; RFC 7636. */
final class Pkce {

  private Pkce() {}

  static boolean isMethod(String method) {
    return method.equals("S256") || method.equals("plain");
  }

  /** Whether the verifier is the one that the challenge was made of. */
  static boolean matches(String challenge, String method, String verifier) {
    return MessageDigest.isEqual(
        challenge.getBytes(StandardCharsets.UTF_8),
        (method.equals("S256") ? sha256(verifier) : verifier).getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(String verifier) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
