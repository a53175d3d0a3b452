package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import java.util.Map;

/** Nobody logs in; the hub is for programs with tokens. */
final class NullAuthenticator implements Authenticator {

  @Override
  public String className() {
    return "jupyterhub.auth.NullAuthenticator";
  }

  @Override
  public Result authenticate(String username, String password, Map<String, String> form) {
    return new Refused("Nobody can log in to this hub; it answers programs with tokens.");
  }
}
