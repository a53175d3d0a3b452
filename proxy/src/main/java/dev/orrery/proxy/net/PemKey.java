package dev.orrery.proxy.net;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Reads a private key from a PEM file, in the forms that openssl and Python's cryptography write:
 * PKCS #8, encrypted or not, and the older ones of RSA (PKCS #1) and EC (SEC 1), which the platform
 * does not read.
 */
final class PemKey {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END", Pattern.DOTALL);

  // DER of the algorithm identifiers that stand around the older forms in PKCS #8.
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
  private static final byte[] VERSION = {2, 1, 0};

  private PemKey() {}

  /**
   * The first private key of a file.
   *
   * @throws IOException when there is none that can be read; the message says why
   */
  static PrivateKey read(Path file, Optional<String> passphrase) throws IOException {
    Matcher block = BLOCK.matcher(Files.readString(file));
    if (!block.find()) {
      throw new IOException("no private key in PEM form");
    }
    if (block.group(2).contains("DEK-Info")) {
      throw new IOException(
          "the key is encrypted in a form of old; 'openssl pkcs8 -topk8' writes it in today's");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(block.group(2));
      return switch (block.group(1)) {
        case "PRIVATE KEY" -> key(der);
        case "RSA PRIVATE KEY" -> key(pkcs8(RSA, der));
        case "EC PRIVATE KEY" -> key(pkcs8(sequence(EC, curve(der)), der));
        case "ENCRYPTED PRIVATE KEY" -> key(decrypted(der, passphrase));
        default -> throw new IOException("a key of the kind '" + block.group(1) + "' is not known");
      };
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("the key can't be read: " + e.getMessage(), e);
    }
  }

  private static PrivateKey key(byte[] pkcs8) throws GeneralSecurityException {
    var spec = new PKCS8EncodedKeySpec(pkcs8);
    for (String algorithm : new String[] {"RSA", "EC"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException e) {
        // It may be one of the others.
      }
    }
    return KeyFactory.getInstance("EdDSA").generatePrivate(spec);
  }

  private static byte[] decrypted(byte[] der, Optional<String> passphrase)
      throws IOException, GeneralSecurityException {
    if (passphrase.isEmpty()) {
      throw new IOException("the key is encrypted and there is no passphrase");
    }
    var info = new EncryptedPrivateKeyInfo(der);
    // The name of the whole scheme is that of its parameters: PBES2 alone says nothing.
    String scheme = info.getAlgParameters().toString();
    var secret =
        SecretKeyFactory.getInstance(scheme)
            .generateSecret(new PBEKeySpec(passphrase.get().toCharArray()));
    return info.getKeySpec(secret).getEncoded();
  }

  /** The parameters of an EC key: the content of its field with the tag 0. */
  private static byte[] curve(byte[] sec1) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(sec1);
    value(in, 0x30, false);
    value(in, 2, true);
    value(in, 4, true);
    if (!in.hasRemaining()) {
      throw new IOException("the key names no curve");
    }
    return value(in, 0xa0, true);
  }

  /** Reads tag and length of the next element, and its value too when {@code whole}. */
  private static byte[] value(ByteBuffer in, int tag, boolean whole) throws IOException {
    if (in.remaining() < 2 || (in.get() & 0xff) != tag) {
      throw new IOException("the key is not well formed");
    }
    int length = in.get() & 0xff;
    if (length > 0x80) {
      int bytes = length - 0x80;
      length = 0;
      for (int i = 0; i < bytes && in.hasRemaining() && i < 3; i++) {
        length = length << 8 | in.get() & 0xff;
      }
    }
    if (length > in.remaining()) {
      throw new IOException("the key is cut short");
    }
    byte[] value = new byte[whole ? length : 0];
    in.get(value);
    return value;
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return sequence(VERSION, algorithm, element(4, key));
  }

  private static byte[] sequence(byte[]... parts) {
    var content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    return element(0x30, content.toByteArray());
  }

  private static byte[] element(int tag, byte[] content) {
    byte[] length =
        content.length < 0x80
            ? new byte[] {(byte) content.length}
            : content.length < 0x100
                ? new byte[] {(byte) 0x81, (byte) content.length}
                : new byte[] {(byte) 0x82, (byte) (content.length >> 8), (byte) content.length};
    byte[] whole = Arrays.copyOf(new byte[] {(byte) tag}, 1 + length.length + content.length);
    System.arraycopy(length, 0, whole, 1, length.length);
    System.arraycopy(content, 0, whole, 1 + length.length, content.length);
    return whole;
  }
}
