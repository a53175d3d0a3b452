package dev.orrery.hub.logins.accounts;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Six digits that an app shows for half a minute, by RFC 6238 with SHA-1. */
final class OneTimePassword {

  private static final long SECONDS = 30;
  private static final int DIGITS_MODULUS = 1_000_000;
  private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private OneTimePassword() {}

  /** Whether {@code given} is what an app with that key shows at this time. */
  static boolean isRight(String key, String given, Instant now) {
    byte[] digits = given.strip().getBytes(StandardCharsets.UTF_8);
    return decoded(key)
        .map(bytes -> shown(bytes, now.getEpochSecond() / SECONDS))
        .filter(right -> MessageDigest.isEqual(right.getBytes(StandardCharsets.UTF_8), digits))
        .isPresent();
  }

  private static String shown(byte[] key, long step) {
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(key, "HmacSHA1"));
      byte[] hash = mac.doFinal(ByteBuffer.allocate(Long.BYTES).putLong(step).array());
      int offset = hash[hash.length - 1] & 0xf;
      int number = ByteBuffer.wrap(hash, offset, Integer.BYTES).getInt() & Integer.MAX_VALUE;
      return String.format(Locale.ROOT, "%06d", number % DIGITS_MODULUS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA1", e);
    }
  }

  /** Base 32; nothing where it is not, for such a key lets nobody in. */
  private static Optional<byte[]> decoded(String key) {
    var bytes = ByteBuffer.allocate(key.length() * 5 / 8);
    int bits = 0;
    int value = 0;
    for (int i = 0; i < key.length(); i++) {
      int digit = ALPHABET.indexOf(Character.toUpperCase(key.charAt(i)));
      if (digit < 0) {
        return Optional.empty();
      }
      value = (value << 5 | digit) & 0xffff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.put((byte) (value >> bits));
      }
    }
    return bytes.position() == 0 ? Optional.empty() : Optional.of(bytes.array());
  }
}
