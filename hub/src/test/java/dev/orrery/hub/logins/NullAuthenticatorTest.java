package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import java.util.Optional;

class NullAuthenticatorTest extends AuthenticatorContract {

  @Override
  protected Authenticator open() {
    return new NullAuthenticator();
  }

  @Override
  protected Optional<Known> known() {
    return Optional.empty();
  }
}
