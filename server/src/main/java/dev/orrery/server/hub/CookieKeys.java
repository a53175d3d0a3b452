package dev.orrery.server.hub;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of a server's cookies, made from the token the hub gave it. So a restarted process, and
 * a container without a disk, knows the cookies it wrote, while a server that the hub started anew
 * does not: the hub has ended the logins they stand for.
 */
record CookieKeys(String token) {

  byte[] signing() {
    return derive("orrery cookies, signed");
  }

  byte[] sealing() {
    return derive("orrery cookies, sealed");
  }

  private byte[] derive(String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256", e);
    }
  }

  @Override
  public String toString() {
    return "CookieKeys[…]";
  }
}
