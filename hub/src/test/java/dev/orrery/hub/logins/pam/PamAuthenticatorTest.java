package dev.orrery.hub.logins.pam;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.logins.spi.Authenticator.Accepted;
import dev.orrery.hub.logins.spi.Authenticator.Admin;
import dev.orrery.hub.logins.spi.Authenticator.Refused;
import dev.orrery.hub.logins.spi.Authenticator.Result;
import dev.orrery.hub.settings.PamSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The machine's PAM, with a service of our own whose passwords a program knows. */
class PamAuthenticatorTest {

  private static final String SELF = System.getProperty("user.name");

  @TempDir private Path folder;

  @BeforeEach
  void service() throws IOException {
    PamServices.write(folder);
  }

  private PamAuthenticator pam(String service, boolean checkAccount, Set<String> groups) {
    return PamAuthenticator.open(
            new PamSettings(service, checkAccount, groups, groups, 2), Optional.of(folder))
        .orElseThrow();
  }

  private static Result logIn(PamAuthenticator pam, String name, String password) {
    return pam.authenticate(name, password, Map.of());
  }

  @Test
  void thePasswordOfTheMachineLetsIn() {
    try (var pam = pam("good", true, Set.of())) {
      assertThat(logIn(pam, SELF, "right-" + SELF)).isEqualTo(new Accepted(SELF, Admin.UNKNOWN));
      for (String wrong : List.of("wrong", "", "right-" + SELF + "\0x", "x".repeat(5_000), "é☃")) {
        assertThat(logIn(pam, SELF, wrong)).as(wrong).isInstanceOf(Refused.class);
      }
      assertThat(logIn(pam, SELF + "\0", "right-" + SELF)).isInstanceOf(Refused.class);
    }
  }

  @Test
  void anAccountThatIsNotInOrderStaysOutWhereThatCounts() {
    try (var pam = pam("expired", true, Set.of())) {
      assertThat(logIn(pam, SELF, "right-" + SELF)).isInstanceOf(Refused.class);
    }
    try (var pam = pam("expired", false, Set.of())) {
      assertThat(logIn(pam, SELF, "right-" + SELF)).isInstanceOf(Accepted.class);
    }
    try (var pam = pam("no-such-service", true, Set.of())) {
      assertThat(logIn(pam, SELF, "right-" + SELF)).isInstanceOf(Refused.class);
    }
  }

  @Test
  void groupsOfTheMachineMakeAdministratorsAndLetIn() {
    String group = SystemGroups.of(SELF).iterator().next();
    try (var pam = pam("good", true, Set.of("nobody-has-this", group))) {
      assertThat(logIn(pam, SELF, "right-" + SELF)).isEqualTo(new Accepted(SELF, Admin.YES));
      assertThat(pam.lets(SELF)).isTrue();
      assertThat(pam.lets("no such account")).isFalse();
      assertThat(pam.lets("--help")).isFalse();
    }
    try (var pam = pam("good", true, Set.of("nobody-has-this"))) {
      assertThat(logIn(pam, SELF, "right-" + SELF)).isEqualTo(new Accepted(SELF, Admin.NO));
      assertThat(pam.lets(SELF)).isFalse();
    }
  }

  @Test
  void manyLoginsAtOnceGetEachTheirOwnAnswer() throws Exception {
    try (var pam = pam("good", true, Set.of());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Callable<Boolean>>();
      for (int i = 0; i < 40; i++) {
        String password = i % 2 == 0 ? "right-" + SELF : "wrong-" + i;
        asked.add(() -> logIn(pam, SELF, password) instanceof Accepted);
      }
      List<Future<Boolean>> answers = threads.invokeAll(asked);
      for (int i = 0; i < answers.size(); i++) {
        assertThat(answers.get(i).get()).as("login %d", i).isEqualTo(i % 2 == 0);
      }
    }
  }
}
