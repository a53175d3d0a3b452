package dev.orrery.hub.secrets;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys of Fernet tokens, by which JupyterHub keeps what logins tell: the first one encrypts, each
 * of them decrypts. A token is a version, the time, an initial vector, AES-128-CBC, and an
 * HMAC-SHA256 over all of it. Immutable; thread-safe.
 */
public final class FernetKeys {

  private static final byte VERSION = (byte) 0x80;
  private static final int KEY = 32;
  private static final int HALF = 16;
  private static final int HEAD = 1 + Long.BYTES + HALF;
  private static final int SEAL = 32;
  private static final int LONGEST = 16 << 20;
  private static final String RULE =
      "a key has 32 bytes, which are written as 64 hex digits or 44 characters of base64"
          + " (openssl rand -hex 32 makes one)";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final List<byte[]> keys;

  private FernetKeys(List<byte[]> keys) {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException(
          "what logins tell is kept encrypted, and there is no key; set JUPYTERHUB_CRYPT_KEY or"
              + " CryptKeeper.keys: "
              + RULE);
    }
    this.keys = keys;
  }

  /**
   * Reads keys with semicolons between.
   *
   * @throws IllegalArgumentException when there is none, or one is none
   */
  public static FernetKeys parse(String text) {
    return of(
        Arrays.stream(text.split(";"))
            .filter(key -> !key.isBlank())
            .<Object>map(key -> key)
            .toList());
  }

  /**
   * Takes keys that are texts or bytes.
   *
   * @throws IllegalArgumentException when there is none, or one is none
   */
  public static FernetKeys of(List<?> given) {
    var keys = new ArrayList<byte[]>();
    for (Object key : given) {
      keys.add(
          key(
              switch (key) {
                case byte[] bytes -> bytes;
                case String text -> text.getBytes(StandardCharsets.UTF_8);
                default -> throw new IllegalArgumentException(RULE);
              }));
    }
    return new FernetKeys(List.copyOf(keys));
  }

  private static byte[] key(byte[] given) {
    String text = new String(given, StandardCharsets.ISO_8859_1);
    byte[] key = given.clone();
    try {
      if (text.length() == 44) {
        key = Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_'));
      } else if (text.length() == 64) {
        key = HexFormat.of().parseHex(text);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(RULE, e);
    }
    if (key.length != KEY) {
      throw new IllegalArgumentException(RULE);
    }
    return key;
  }

  /** A token that holds {@code text}. */
  public byte[] encrypt(String text, Instant now) {
    byte[] vector = new byte[HALF];
    RANDOM.nextBytes(vector);
    return encrypt(text, now, vector);
  }

  byte[] encrypt(String text, Instant now, byte[] vector) {
    byte[] key = keys.getFirst();
    byte[] hidden =
        cipher(Cipher.ENCRYPT_MODE, key, vector, text.getBytes(StandardCharsets.UTF_8))
            .orElseThrow();
    byte[] sealed =
        ByteBuffer.allocate(HEAD + hidden.length)
            .put(VERSION)
            .putLong(now.getEpochSecond())
            .put(vector)
            .put(hidden)
            .array();
    byte[] token =
        ByteBuffer.allocate(sealed.length + SEAL).put(sealed).put(seal(key, sealed)).array();
    return Base64.getUrlEncoder().encode(token);
  }

  /** What a token holds; nothing where none of these keys has made it. */
  public Optional<String> decrypt(byte[] token) {
    byte[] all;
    try {
      all = token.length > LONGEST ? new byte[0] : Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (all.length < HEAD + HALF + SEAL || all[0] != VERSION) {
      return Optional.empty();
    }
    byte[] sealed = Arrays.copyOf(all, all.length - SEAL);
    byte[] given = Arrays.copyOfRange(all, all.length - SEAL, all.length);
    byte[] vector = Arrays.copyOfRange(all, HEAD - HALF, HEAD);
    byte[] hidden = Arrays.copyOfRange(sealed, HEAD, sealed.length);
    return keys.stream()
        .filter(key -> MessageDigest.isEqual(seal(key, sealed), given))
        .findFirst()
        .flatMap(key -> cipher(Cipher.DECRYPT_MODE, key, vector, hidden))
        .map(text -> new String(text, StandardCharsets.UTF_8));
  }

  private static byte[] seal(byte[] key, byte[] sealed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, 0, HALF, "HmacSHA256"));
      return mac.doFinal(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HMAC-SHA256", e);
    }
  }

  /** The seal is checked before: that a padding is wrong tells nobody anything. */
  private static Optional<byte[]> cipher(int mode, byte[] key, byte[] vector, byte[] text) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");
      cipher.init(mode, new SecretKeySpec(key, HALF, HALF, "AES"), new IvParameterSpec(vector));
      return Optional.of(cipher.doFinal(text));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
