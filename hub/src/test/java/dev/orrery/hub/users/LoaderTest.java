package dev.orrery.hub.users;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.services.ServiceRecords;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.Loaded;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseUrl;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a start does to people whose names the settings do not allow any more. */
class LoaderTest {

  private static final Clock CLOCK = Clock.systemUTC();

  private static void load(Database database, String pattern, boolean deletesInvalid) {
    var addresses =
        new HubSettings.Addresses(
            "", 0, "/", "127.0.0.1", 0, Optional.empty(), Optional.empty(), "", true);
    var logins =
        new HubSettings.Logins(
            "",
            true,
            false,
            Set.of(),
            Set.of(),
            Set.of("blocked1"),
            pattern,
            Map.of(),
            "",
            "",
            "",
            Map.of(),
            deletesInvalid,
            new HubSettings.LoginForm(false, false, Optional.empty()),
            new HubSettings.Told(false, Optional.empty()));
    var loader =
        new Loader(
            Loaded.nothing(),
            logins,
            new UserNames(pattern, Map.of()),
            new People(CLOCK),
            new ServiceRecords(addresses, false, CLOCK));
    database.change(tx -> loader.load(tx, CLOCK.instant()));
  }

  private static Collection<String> names(Database database) {
    return database.read(tx -> tx.users().names()).values();
  }

  @Test
  void namesThatAreNoneAnyMoreGoWhereTheSettingsSaySoUnlessAServerRuns() {
    try (var database = Database.open(new DatabaseUrl.SqliteMemory(), false)) {
      load(database, "", false);
      for (String name : List.of("ann1", "bea", "cid1", "blocked1")) {
        database.change(tx -> new People(CLOCK).add(tx, name, false));
      }
      database.change(tx -> {
        User cid = tx.users().find("cid1").orElseThrow();
        UserServer server = tx.servers().create(cid.id(), "", "");
        tx.servers()
            .setAddress(
                server.id(),
                new UserServer.Address("http", "127.0.0.1", 1, "/user/cid1/"),
                Instant.EPOCH);
      });
      load(database, "[a-z]+", false);
      assertThat(names(database)).containsExactly("ann1", "bea", "cid1", "blocked1");
      load(database, "[a-z]+", true);
      assertThat(names(database)).containsExactly("bea", "cid1", "blocked1");
    }
  }
}
