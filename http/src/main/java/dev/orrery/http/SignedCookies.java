package dev.orrery.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Cookie values that only their maker can write, in Tornado's signed value format, version 2, byte
 * for byte: {@code 2|1:0|10:<seconds>|<length>:<name>|<length>:<base64>|<hmac-sha256>}. A browser
 * that was logged in to Jupyter stays logged in. Thread-safe.
 */
public final class SignedCookies {

  /** Longer than any value we sign; what is longer is not looked at. */
  private static final int MAX_LENGTH = 8_192;

  private final byte[] secret;
  private final Clock clock;

  /**
   * Signs with one key.
   *
   * @param secret the key; kept as a copy
   * @param clock tells the age of values
   */
  public SignedCookies(byte[] secret, Clock clock) {
    this.secret = secret.clone();
    this.clock = clock;
  }

  /** Signs {@code value} for the cookie {@code name}. */
  public String sign(String name, byte[] value) {
    String encoded = Base64.getEncoder().encodeToString(value);
    String toSign =
        "2|"
            + field("0")
            + field(Long.toString(clock.instant().getEpochSecond()))
            + field(name)
            + field(encoded);
    return toSign + signature(toSign);
  }

  /**
   * The value that was signed.
   *
   * @param name the cookie it came in; a value signed for another name is refused
   * @param signed what the client sent
   * @param maxAge older values are refused, as are values from more than a day in the future
   */
  public Optional<byte[]> verify(String name, String signed, Duration maxAge) {
    if (signed.length() > MAX_LENGTH || !signed.startsWith("2|")) {
      return Optional.empty();
    }
    var fields = new String[4];
    int at = 2;
    for (int i = 0; i < fields.length; i++) {
      int colon = signed.indexOf(':', at);
      int length = colon < 0 || colon - at > 5 ? -1 : parse(signed.substring(at, colon));
      int end = colon + 1 + length;
      if (length < 0 || end >= signed.length() || signed.charAt(end) != '|') {
        return Optional.empty();
      }
      fields[i] = signed.substring(colon + 1, end);
      at = end + 1;
    }
    byte[] expected = signature(signed.substring(0, at)).getBytes(StandardCharsets.US_ASCII);
    byte[] given = signed.substring(at).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(expected, given) || !fields[2].equals(name)) {
      return Optional.empty();
    }
    long age = clock.instant().getEpochSecond() - parseLong(fields[1]);
    if (age > maxAge.toSeconds() || age < -Duration.ofDays(1).toSeconds()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getDecoder().decode(fields[3]));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String field(String value) {
    return value.length() + ":" + value + "|";
  }

  private static int parse(String digits) {
    long value = parseLong(digits);
    return value > MAX_LENGTH ? -1 : (int) value;
  }

  private static long parseLong(String digits) {
    if (digits.isEmpty()
        || digits.length() > 15
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    return Long.parseLong(digits);
  }

  private String signature(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256", e);
    }
  }
}
