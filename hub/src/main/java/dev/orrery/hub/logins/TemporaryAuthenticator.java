package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Whoever comes is somebody new, and is asked nothing. */
final class TemporaryAuthenticator implements Authenticator {

  @Override
  public String className() {
    return "tmpauthenticator.TmpAuthenticator";
  }

  @Override
  public Optional<Accepted> automatic() {
    return Optional.of(new Accepted(UUID.randomUUID().toString(), Admin.UNKNOWN));
  }

  /** By a form, a visitor could choose to be somebody else. */
  @Override
  public Result authenticate(String username, String password, Map<String, String> form) {
    return new Refused(WRONG);
  }
}
