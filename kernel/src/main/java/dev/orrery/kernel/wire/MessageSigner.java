package dev.orrery.kernel.wire;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and checks the JSON parts of messages with the key of a connection file. An empty key means
 * that messages are not signed. Not thread-safe: each reader and each writer has its own.
 */
public final class MessageSigner {

  private static final Map<String, String> ALGORITHMS =
      Map.of(
          "hmac-md5", "HmacMD5",
          "hmac-sha1", "HmacSHA1",
          "hmac-sha224", "HmacSHA224",
          "hmac-sha256", "HmacSHA256",
          "hmac-sha384", "HmacSHA384",
          "hmac-sha512", "HmacSHA512",
          "hmac-sha3_256", "HmacSHA3-256",
          "hmac-sha3_512", "HmacSHA3-512");

  private final Optional<Mac> mac;

  /**
   * A signer for one key.
   *
   * @param scheme {@code signature_scheme} of a connection file, such as {@code hmac-sha256}
   * @param key {@code key} of a connection file; may be empty
   * @throws IllegalArgumentException when the scheme is not known
   */
  public MessageSigner(String scheme, String key) {
    if (key.isEmpty()) {
      mac = Optional.empty();
      return;
    }
    String algorithm = ALGORITHMS.get(scheme.toLowerCase(Locale.ROOT));
    if (algorithm == null) {
      throw new IllegalArgumentException(
          "Signature scheme '" + scheme + "' is not known; hmac-sha256 is the usual one.");
    }
    try {
      Mac made = Mac.getInstance(algorithm);
      made.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
      mac = Optional.of(made);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalArgumentException(
          "Signature scheme '" + scheme + "' does not work here.", e);
    }
  }

  /** The lower-case hex signature over the parts; empty without a key. */
  public byte[] sign(byte[] header, byte[] parent, byte[] metadata, byte[] content) {
    if (mac.isEmpty()) {
      return new byte[0];
    }
    byte[] digest = digest(mac.get(), header, parent, metadata, content);
    return HexFormat.of().formatHex(digest).getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether the signature is right, compared in constant time; always without a key. */
  public boolean verify(
      byte[] signature, byte[] header, byte[] parent, byte[] metadata, byte[] content) {
    return mac.isEmpty()
        || MessageDigest.isEqual(signature, sign(header, parent, metadata, content));
  }

  /** Whether there is a key. */
  public boolean isSigning() {
    return mac.isPresent();
  }

  private static byte[] digest(Mac mac, byte[]... parts) {
    for (byte[] part : parts) {
      mac.update(part);
    }
    return mac.doFinal();
  }
}
