package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

class SharedPasswordAuthenticatorTest extends AuthenticatorContract {

  @Override
  protected Authenticator open() {
    return new SharedPasswordAuthenticator(
        "the one of users", "the one of administrators, longer", Set.of("boss"), Map.of());
  }

  @Override
  protected Optional<Known> known() {
    return Optional.of(new Known("ann", "the one of users"));
  }
}
