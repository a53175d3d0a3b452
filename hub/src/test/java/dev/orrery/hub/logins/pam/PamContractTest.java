package dev.orrery.hub.logins.pam;

import dev.orrery.hub.logins.AuthenticatorContract;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.settings.PamSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class PamContractTest extends AuthenticatorContract {

  private static final String SELF = System.getProperty("user.name");

  @TempDir private Path folder;

  @Override
  protected Authenticator open() {
    try {
      PamServices.write(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PamAuthenticator.open(
            new PamSettings("good", true, Set.of(), Set.of(), 2), Optional.of(folder))
        .orElseThrow();
  }

  @Override
  protected Optional<Known> known() {
    return Optional.of(new Known(SELF, "right-" + SELF));
  }
}
