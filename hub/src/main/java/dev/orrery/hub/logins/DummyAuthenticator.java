package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;

/** For trying things out: everybody is who they say, or knows the one password. */
final class DummyAuthenticator implements Authenticator {

  private final String password;

  DummyAuthenticator(String password) {
    this.password = password;
  }

  @Override
  public String className() {
    return "jupyterhub.auth.DummyAuthenticator";
  }

  @Override
  public Result authenticate(String username, String given, Map<String, String> form) {
    boolean right =
        password.isEmpty()
            || MessageDigest.isEqual(
                password.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    return right ? new Accepted(username, Admin.UNKNOWN) : new Refused(WRONG);
  }
}
