package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import java.util.Optional;

class DummyAuthenticatorTest extends AuthenticatorContract {

  @Override
  protected Authenticator open() {
    return new DummyAuthenticator("the one password");
  }

  @Override
  protected Optional<Known> known() {
    return Optional.of(new Known("ann", "the one password"));
  }
}
