package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import java.util.Optional;

class DummyForAllAuthenticatorTest extends AuthenticatorContract {

  @Override
  protected Authenticator open() {
    return new DummyAuthenticator("");
  }

  @Override
  protected Optional<Known> known() {
    return Optional.of(new Known("ann", "whatever they type"));
  }

  @Override
  protected boolean takesAnyPassword() {
    return true;
  }
}
