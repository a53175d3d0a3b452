package dev.orrery.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Password hashes as {@code jupyter server password} writes them: {@code
 * argon2:$argon2id$v=19$m=10240,t=10,p=8$…} and the older {@code sha1:salt:hex}. Thread-safe.
 */
public final class Passwords {

  private static final int MEMORY_KB = 10_240;
  private static final int PASSES = 10;
  private static final int LANES = 8;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  /**
   * A guess costs 10 MB and a tenth of a second; more than two at once would be a way to stop the
   * server.
   */
  private static final Semaphore AT_WORK = new Semaphore(2);

  private static final Map<String, String> DIGESTS =
      Map.of(
          "sha1", "SHA-1", "sha224", "SHA-224", "sha256", "SHA-256", "sha384", "SHA-384", "sha512",
          "SHA-512", "md5", "MD5");

  private Passwords() {}

  /** A hash of {@code password} that {@link #matches} and jupyter_server accept. */
  public static String hash(String password) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    byte[] hash =
        argon2(
            password, salt, Argon2Parameters.ARGON2_id, 19, MEMORY_KB, PASSES, LANES, HASH_BYTES);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return String.format(
        Locale.ROOT,
        "argon2:$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s",
        MEMORY_KB,
        PASSES,
        LANES,
        base64.encodeToString(salt),
        base64.encodeToString(hash));
  }

  /**
   * Why {@code hashed} can't be used as a password hash, in a sentence without the hash itself;
   * empty when it can.
   */
  public static Optional<String> problem(String hashed) {
    if (hashed.startsWith("argon2:")) {
      return Encoded.parse(hashed.substring("argon2:".length())).isPresent()
          ? Optional.empty()
          : Optional.of("it begins like an argon2 hash but is not one");
    }
    String[] parts = hashed.split(":", -1);
    boolean fits = parts.length == 3 && DIGESTS.containsKey(parts[0]) && !parts[2].isEmpty();
    return fits
        ? Optional.empty()
        : Optional.of(
            "it is neither 'argon2:…' nor 'algorithm:salt:hash'; 'orrery password' makes one");
  }

  /** Whether {@code password} is the one that was hashed; false for a hash of unknown form. */
  public static boolean matches(String hashed, String password) {
    if (hashed.startsWith("argon2:")) {
      return Encoded.parse(hashed.substring("argon2:".length()))
          .filter(e ->
              MessageDigest.isEqual(
                  e.hash(),
                  argon2(
                      password,
                      e.salt(),
                      e.type(),
                      e.version(),
                      e.memory(),
                      e.passes(),
                      e.lanes(),
                      e.hash().length)))
          .isPresent();
    }
    String[] parts = hashed.split(":", -1);
    String algorithm = parts.length == 3 ? DIGESTS.get(parts[0]) : null;
    if (algorithm == null) {
      return false;
    }
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      digest.update(password.getBytes(StandardCharsets.UTF_8));
      digest.update(parts[1].getBytes(StandardCharsets.US_ASCII));
      return MessageDigest.isEqual(
          HexFormat.of().formatHex(digest.digest()).getBytes(StandardCharsets.US_ASCII),
          parts[2].getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      return false;
    }
  }

  private static byte[] argon2(
      String password,
      byte[] salt,
      int type,
      int version,
      int memory,
      int passes,
      int lanes,
      int length) {
    return atWork(() -> {
      var generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(type)
              .withVersion(version)
              .withMemoryAsKB(memory)
              .withIterations(passes)
              .withParallelism(lanes)
              .withSalt(salt)
              .build());
      byte[] hash = new byte[length];
      generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
      return hash;
    });
  }

  /** Does what takes long on purpose, in its turn. */
  static <T> T atWork(Supplier<T> work) {
    AT_WORK.acquireUninterruptibly();
    try {
      return work.get();
    } finally {
      AT_WORK.release();
    }
  }

  /** The PHC string form, {@code $argon2id$v=19$m=…,t=…,p=…$salt$hash}. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared or shared: it lives for one check.
  private record Encoded(
      int type, int version, int memory, int passes, int lanes, byte[] salt, byte[] hash) {

    static Optional<Encoded> parse(String text) {
      String[] parts = text.split("\\$", -1);
      if (parts.length != 6 || !parts[0].isEmpty() || !parts[2].startsWith("v=")) {
        return Optional.empty();
      }
      Map<String, Integer> types =
          Map.of(
              "argon2i",
              Argon2Parameters.ARGON2_i,
              "argon2d",
              Argon2Parameters.ARGON2_d,
              "argon2id",
              Argon2Parameters.ARGON2_id);
      Integer type = types.get(parts[1]);
      String[] costs = parts[3].split(",", -1);
      if (type == null
          || costs.length != 3
          || !costs[0].startsWith("m=")
          || !costs[1].startsWith("t=")
          || !costs[2].startsWith("p=")) {
        return Optional.empty();
      }
      try {
        var encoded =
            new Encoded(
                type,
                Integer.parseInt(parts[2].substring(2)),
                Integer.parseInt(costs[0].substring(2)),
                Integer.parseInt(costs[1].substring(2)),
                Integer.parseInt(costs[2].substring(2)),
                Base64.getDecoder().decode(parts[4]),
                Base64.getDecoder().decode(parts[5]));
        return encoded.isAffordable() ? Optional.of(encoded) : Optional.empty();
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    /** A hash comes from a settings file, but a typing error in it must not take all memory. */
    private boolean isAffordable() {
      return memory >= 8
          && memory <= 1_048_576
          && passes >= 1
          && passes <= 1_000
          && lanes >= 1
          && lanes <= 64
          && salt.length >= 8
          && hash.length >= 4
          && hash.length <= 1_024;
    }
  }
}
