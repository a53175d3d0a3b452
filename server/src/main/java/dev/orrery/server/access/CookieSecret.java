package dev.orrery.server.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key of the login cookies, kept in the runtime folder so that a restart logs nobody out. Mixed
 * with the password hash, so that a new password ends all logins (CVE-2026-40934).
 */
public final class CookieSecret {

  private static final int BYTES = 32;

  private CookieSecret() {}

  /**
   * The key for a server with this password.
   *
   * @param file where the secret is kept; made, for its owner only, when missing
   */
  public static byte[] derive(Path file, String hashedPassword) throws IOException {
    byte[] secret = readOrCreate(file);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return mac.doFinal(hashedPassword.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256", e);
    }
  }

  private static byte[] readOrCreate(Path file) throws IOException {
    if (!Files.exists(file)) {
      Files.createDirectories(file.toAbsolutePath().getParent());
      byte[] random = new byte[BYTES];
      new SecureRandom().nextBytes(random);
      byte[] text = Base64.getEncoder().encode(random);
      var ownerOnly =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      try (var channel =
          Files.newByteChannel(
              file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
        channel.write(ByteBuffer.wrap(text));
        return text;
      } catch (FileAlreadyExistsException e) {
        // Another server of this user was faster: its secret is as good.
        return Files.readAllBytes(file);
      }
    }
    byte[] secret = Files.readAllBytes(file);
    if (secret.length < 16) {
      throw new IOException(
          "The cookie secret in "
              + file
              + " is shorter than 16 bytes; delete the file to get a new one");
    }
    return secret;
  }
}
