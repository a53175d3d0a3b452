package dev.orrery.spawner.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.SpawnerContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Servers as processes of accounts; here most names stand for the account that runs the test. */
class LocalProcessSpawnerTest extends SpawnerContract {

  private static final int SELF = Proc.self().orElseThrow();
  private static final ServerName ADA = new ServerName("ada", "");

  private Spawner spawner(Accounts accounts) {
    return new LocalProcessSpawner(
        SimpleLocalProcessSpawnerTest.settings(directory().resolve("logs"), List.of()), accounts);
  }

  @Override
  protected Spawner newSpawner() {
    return spawner(name ->
        name.matches("[a-z0-9]+")
            ? Optional.of(new Account(name, SELF, 0, directory().toString(), "/bin/sh"))
            : new SystemAccounts().find(name));
  }

  @Test
  void serverRunsAsTheAccountOfItsUser() throws Exception {
    assumeTrue(SELF == 0, "only root can start servers of other accounts");
    Path python = Programs.ofSystem("python3").orElse(Path.of(""));
    assumeTrue(Files.exists(python), "there is no Python that other accounts can run");
    Account nobody = new SystemAccounts().find("nobody").orElseThrow();
    Path home = Files.createTempDirectory("home-of-nobody");
    try {
      Files.setAttribute(home, "unix:uid", nobody.uid());
      // The folder of the test is not for others to read.
      Path program = home.resolve("server.py");
      Files.copy(directory().resolve("server.py"), program);
      var there = new Account("ada", nobody.uid(), nobody.gid(), home.toString(), "");
      Spawner spawner = spawner(_ -> Optional.of(there));
      var good = request(ADA, "serve");
      var request =
          new SpawnRequest(
              good.id(),
              ADA,
              good.userId(),
              List.of(python.toString(), program.toString(), "serve"),
              good.environment(),
              good.listen(),
              good.limits(),
              "",
              "",
              good.userOptions(),
              good.earlier(),
              good.patience());
      URI url = started(spawner, request);
      String uid = Integer.toString(nobody.uid());
      String gid = Integer.toString(nobody.gid());
      assertThat(get(url, "/status"))
          .containsPattern("Uid:\\s" + uid + "\\s" + uid + "\\s" + uid + "\\s" + uid + "\\n")
          .containsPattern("Gid:\\s" + gid + "\\s" + gid + "\\s" + gid + "\\s" + gid + "\\n")
          .containsPattern("Groups:\\s(" + gid + " ?)?\\n")
          .containsPattern("CapEff:\\s0+\\n")
          .containsPattern("CapPrm:\\s0+\\n");
      assertThat(get(url, "/")).endsWith(" " + home.toRealPath());
      assertThat(get(url, "/env"))
          .contains("USER=ada\n", "HOME=" + home + "\n")
          .doesNotContain("SHELL=");
      spawner.stop(recorded(ADA), ADA, false);
      spawner.close();
      assertThatThrownBy(() -> get(url, "/")).isInstanceOf(IOException.class);
    } finally {
      Files.deleteIfExists(home.resolve("server.py"));
      Files.deleteIfExists(home);
    }
  }

  @Test
  void userWithoutAccountIsToldSo() {
    assertThatThrownBy(() ->
            started(
                spawner(new SystemAccounts()),
                request(new ServerName("no-such-user-1", ""), "serve")))
        .isInstanceOfSatisfying(
            SpawnFailure.class,
            failure -> {
              assertThat(failure.message()).contains("no account 'no-such-user-1'");
              assertThat(failure.status()).isEqualTo(400);
            });
  }

  @Test
  void accountsAreFoundByNameAlone() throws Exception {
    var accounts = new SystemAccounts();
    Account root = accounts.find("root").orElseThrow();
    assertThat(root.uid()).isZero();
    assertThat(root.home()).isEqualTo("/root");
    for (String name :
        List.of("0", "65534", "", "-h", "--help", "ROOT", "root:x", "root\n", "a b")) {
      assertThat(accounts.find(name)).as(name).isEmpty();
    }
  }
}
