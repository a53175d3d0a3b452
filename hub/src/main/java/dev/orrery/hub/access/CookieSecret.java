package dev.orrery.hub.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of all cookies of a hub: given, or kept in a file in hex digits, as JupyterHub keeps it.
 * Hubs that share a database have to share it.
 */
public final class CookieSecret {

  private static final int BYTES = 32;

  private CookieSecret() {}

  /**
   * The key.
   *
   * @param given by settings, in hex digits; empty for the file
   * @param file made, for its owner only, when it is missing
   * @throws IOException when the file can't be used, with a sentence
   */
  public static byte[] of(String given, Path file) throws IOException {
    if (!given.isEmpty()) {
      return HexFormat.of().parseHex(given);
    }
    if (!Files.exists(file)) {
      create(file);
    }
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    if (permissions.stream().anyMatch(p -> !p.name().startsWith("OWNER"))) {
      throw new IOException(
          "The cookie secret in "
              + file
              + " can be read or written by others; 'chmod 600' it, or delete it to get a new one");
    }
    String hex = Files.readString(file, StandardCharsets.US_ASCII).replaceAll("\\s", "");
    try {
      byte[] secret = HexFormat.of().parseHex(hex);
      if (secret.length == BYTES) {
        return secret;
      }
    } catch (IllegalArgumentException e) {
      throw new IOException(wrong(file), e);
    }
    throw new IOException(wrong(file));
  }

  /**
   * Another secret that is the same wherever this one is known.
   *
   * @param purpose what it is for; a sentence that is used for nothing else
   */
  public static String derived(byte[] secret, String purpose) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256", e);
    }
  }

  private static String wrong(Path file) {
    return "The cookie secret in "
        + file
        + " is not "
        + BYTES
        + " bytes in hex digits; delete the file to get a new one";
  }

  private static void create(Path file) throws IOException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    byte[] text = (HexFormat.of().formatHex(random) + "\n").getBytes(StandardCharsets.US_ASCII);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
      channel.write(ByteBuffer.wrap(text));
    } catch (FileAlreadyExistsException e) {
      // Another hub was faster: its secret is as good.
      return;
    }
  }
}
