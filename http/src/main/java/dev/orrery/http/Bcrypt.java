package dev.orrery.http;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** Password hashes as Python's bcrypt writes them, {@code $2b$12$…}. Thread-safe. */
public final class Bcrypt {

  /** What is beyond these bytes of a password would not count. */
  public static final int MOST_BYTES = 72;

  private static final int COST = 12;

  /** One more doubles the work; a hash that takes minutes is a way to stop the server. */
  private static final int MOST_COST = 15;

  private static final int SALT_BYTES = 16;
  private static final Pattern FORM = Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

  private Bcrypt() {}

  /**
   * A hash of {@code password}, of at most {@link #MOST_BYTES} in UTF-8.
   *
   * @throws IllegalArgumentException when it is longer
   */
  public static String hash(String password) {
    byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MOST_BYTES) {
      throw new IllegalArgumentException("A password has at most " + MOST_BYTES + " bytes");
    }
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return Passwords.atWork(() -> OpenBSDBCrypt.generate("2b", bytes, salt, COST));
  }

  /**
   * Whether {@code password} is the one that was hashed; false for what is no hash. Of a longer one
   * the first bytes count, as for who made such a hash.
   */
  public static boolean matches(String hashed, String password) {
    Matcher form = FORM.matcher(hashed);
    if (!form.matches() || Integer.parseInt(form.group(1)) > MOST_COST) {
      return false;
    }
    return Passwords.atWork(
        () -> OpenBSDBCrypt.checkPassword(hashed, password.getBytes(StandardCharsets.UTF_8)));
  }
}
