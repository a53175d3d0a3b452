package dev.orrery.http;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Tokens against cross-site request forgery in Tornado's version 2 format, {@code 2|<mask>|<masked
 * token>|<seconds>}: a page reads the {@code _xsrf} cookie and sends its value back in a header or
 * form field.
 */
public final class Xsrf {

  /** The cookie and the form or query field that carry a token. */
  public static final String NAME = "_xsrf";

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int TOKEN_BYTES = 16;
  private static final int MAX_LENGTH = 256;

  private Xsrf() {}

  /** A new token, fit for a cookie. */
  public static String create(Clock clock) {
    byte[] token = new byte[TOKEN_BYTES];
    byte[] mask = new byte[4];
    RANDOM.nextBytes(token);
    RANDOM.nextBytes(mask);
    HexFormat hex = HexFormat.of();
    return "2|"
        + hex.formatHex(mask)
        + "|"
        + hex.formatHex(masked(token, mask))
        + "|"
        + clock.instant().getEpochSecond();
  }

  /**
   * Whether what a request sent back is the token of its cookie.
   *
   * @param cookie the value of the cookie
   * @param sent the value of the header or field
   */
  public static boolean matches(String cookie, String sent) {
    Optional<byte[]> expected = token(cookie);
    Optional<byte[]> given = token(sent);
    return expected.isPresent()
        && given.isPresent()
        && MessageDigest.isEqual(expected.get(), given.get());
  }

  /** Whether the value of a cookie is a token at all; if not, the client needs a new one. */
  public static boolean isToken(String cookie) {
    return token(cookie).isPresent();
  }

  private static Optional<byte[]> token(String value) {
    if (value.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    String[] parts = value.split("\\|", -1);
    if (parts.length != 4 || !parts[0].equals("2")) {
      return Optional.empty();
    }
    try {
      byte[] mask = HexFormat.of().parseHex(parts[1]);
      byte[] token = HexFormat.of().parseHex(parts[2]);
      return mask.length == 4 && token.length == TOKEN_BYTES
          ? Optional.of(masked(token, mask))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] masked(byte[] token, byte[] mask) {
    byte[] result = new byte[token.length];
    for (int i = 0; i < token.length; i++) {
      result[i] = (byte) (token[i] ^ mask[i % mask.length]);
    }
    return result;
  }
}
