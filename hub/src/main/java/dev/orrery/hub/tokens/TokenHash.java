package dev.orrery.hub.tokens;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * The form in which a token is kept, JupyterHub's: {@code sha512:<rounds>:<salt>:<digest>}, where
 * the digest is of the salt and then the token as many times as there are rounds. A token that was
 * made here is random enough for one round; one that somebody thought of gets many.
 */
public final class TokenHash {

  /** A longer one is never ours. */
  public static final int MOST_CHARACTERS = 64;

  /** A shorter one can't be had. */
  public static final int LEAST_CHARACTERS = 8;

  private static final int PREFIX = 4;
  private static final int SALT_BYTES = 8;
  private static final int CODE_BYTES = 32;
  private static final int ROUNDS_OF_OURS = 1;
  private static final int ROUNDS_OF_OTHERS = 16_384;

  /** More rounds than anybody stores; a hostile row must not keep us busy. */
  private static final int MOST_ROUNDS = 1_000_000;

  private static final SecureRandom RANDOM = new SecureRandom();

  private TokenHash() {}

  /** A new token: 32 hexadecimal digits. */
  public static String newToken() {
    return random(16);
  }

  /** A new code for sharing: 43 characters that need no escape in an address. */
  public static String newCode() {
    byte[] random = new byte[CODE_BYTES];
    RANDOM.nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  private static String random(int bytes) {
    byte[] random = new byte[bytes];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** What rows are looked up by: the first characters. */
  public static String prefix(String token) {
    return token.substring(0, Math.min(PREFIX, token.length()));
  }

  /** The form of a token that {@link #newToken} made. */
  public static String ofOurs(String token) {
    return hash("sha512", ROUNDS_OF_OURS, random(SALT_BYTES), token);
  }

  /**
   * The form of a token that somebody else made.
   *
   * @throws IllegalArgumentException when it is too short or too long, with a sentence
   */
  public static String ofOthers(String token) {
    if (token.length() < LEAST_CHARACTERS || token.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "A token has "
              + LEAST_CHARACTERS
              + " to "
              + MOST_CHARACTERS
              + " characters, this one "
              + token.length());
    }
    return hash("sha512", ROUNDS_OF_OTHERS, random(SALT_BYTES), token);
  }

  /**
   * The form of a token that somebody else made.
   *
   * @param hardToGuess whether it is as random as ours, so that one round will do
   * @throws IllegalArgumentException as {@link #ofOthers} does
   */
  public static String ofGiven(String token, boolean hardToGuess) {
    return hardToGuess ? ofOurs(token) : ofOthers(token);
  }

  /** Whether a token is the one that is kept in this form; false for what is no such form. */
  public static boolean matches(String kept, String token) {
    if (token.length() > MOST_CHARACTERS) {
      return false;
    }
    String[] parts = kept.split(":", -1);
    if (parts.length != 4) {
      return false;
    }
    Optional<Integer> rounds = rounds(parts[1]);
    Optional<String> algorithm = algorithm(parts[0]);
    if (rounds.isEmpty() || algorithm.isEmpty()) {
      return false;
    }
    String again = hash(parts[0], rounds.get(), parts[2], token);
    return MessageDigest.isEqual(
        kept.getBytes(StandardCharsets.UTF_8), again.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<Integer> rounds(String text) {
    if (text.isEmpty() || text.length() > 7 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    int rounds = Integer.parseInt(text);
    return rounds >= 1 && rounds <= MOST_ROUNDS ? Optional.of(rounds) : Optional.empty();
  }

  /** The platform's name of an algorithm that Python's hashlib calls so. */
  private static Optional<String> algorithm(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "sha512" -> Optional.of("SHA-512");
      case "sha384" -> Optional.of("SHA-384");
      case "sha256" -> Optional.of("SHA-256");
      default -> Optional.empty();
    };
  }

  private static String hash(String name, int rounds, String salt, String token) {
    try {
      MessageDigest digest =
          MessageDigest.getInstance(algorithm(name).orElseThrow(NoSuchAlgorithmException::new));
      digest.update(salt.getBytes(StandardCharsets.UTF_8));
      byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < rounds; i++) {
        digest.update(bytes);
      }
      return name + ":" + rounds + ":" + salt + ":" + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has " + name, e);
    }
  }
}
