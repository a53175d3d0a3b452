package dev.orrery.hub.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.secrets.FernetKeys;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseUrl;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which proxy counts for whom, and for how long. */
class ProxyPlaceTest {

  private static final URI FIRST = URI.create("http://127.0.0.1:8001");
  private static final URI OTHER = URI.create("http://127.0.0.1:9001");
  private static final String KEY = "1".repeat(64);

  @TempDir private Path folder;

  /** So much later whenever somebody looks. */
  private static final class Later extends Clock {
    private final Duration step;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    Later(Duration step) {
      this.step = step;
    }

    @Override
    public Instant instant() {
      now = now.plus(step);
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static ProxyPlace place(Database database, String key, URI api, String token) {
    return place(database, key, api, token, Duration.ofSeconds(1));
  }

  private static ProxyPlace place(
      Database database, String key, URI api, String token, Duration betweenLooks) {
    return new ProxyPlace(
        database, FernetKeys.of(List.of(key)), api, token, new Later(betweenLooks));
  }

  @Test
  void theDatabaseIsAskedOnceInASecondAndAfterEachMoveOfOurs() {
    try (Database database = Database.open(new DatabaseUrl.SqliteMemory(), false)) {
      var look = Duration.ofMillis(400);
      ProxyPlace one = place(database, KEY, FIRST, "secret", look);
      ProxyPlace two = place(database, KEY, FIRST, "secret", look);
      assertThat(two.now()).isEqualTo(told(FIRST, "secret"));
      one.move(Optional.of(OTHER), Optional.empty());
      assertThat(one.now()).as("where it was moved").isEqualTo(told(OTHER, "secret"));
      assertThat(two.now()).as("0.4 s later").isEqualTo(told(FIRST, "secret"));
      assertThat(two.now()).as("0.8 s later").isEqualTo(told(FIRST, "secret"));
      assertThat(two.now()).as("1.2 s later").isEqualTo(told(OTHER, "secret"));
    }
  }

  private static ProxyPlace.Place told(URI api, String token) {
    return new ProxyPlace.Place(api, token);
  }

  @Test
  void aProxyThatIsNamedCountsForAllHubsUntilTheSettingsNameAnother() throws Exception {
    Path file = folder.resolve("hub.sqlite");
    var url = new DatabaseUrl.SqliteFile(file);
    ProxyPlace survivor;
    try (Database database = Database.open(url, false)) {
      ProxyPlace one = place(database, KEY, FIRST, "one secret");
      ProxyPlace two = place(database, KEY, FIRST, "one secret");
      assertThat(one.isMoved()).isFalse();
      one.move(Optional.of(OTHER), Optional.of("other secret"));
      assertThat(one.now()).isEqualTo(told(OTHER, "other secret"));
      assertThat(two.now()).isEqualTo(told(OTHER, "other secret"));
      assertThat(two.isMoved()).isTrue();
      two.move(Optional.empty(), Optional.of("third secret"));
      assertThat(one.now()).as("the address stays").isEqualTo(told(OTHER, "third secret"));
    }
    try (Database database = Database.open(url, false)) {
      assertThat(place(database, KEY, FIRST, "one secret").now())
          .as("after a restart")
          .isEqualTo(told(OTHER, "third secret"));
      assertThat(place(database, KEY, FIRST, "another").now())
          .as("settings with another secret")
          .isEqualTo(told(FIRST, "another"));
      assertThat(place(database, KEY, URI.create("http://proxy:1"), "one secret").isMoved())
          .as("settings with another address")
          .isFalse();
      assertThat(place(database, "2".repeat(64), FIRST, "one secret").isMoved())
          .as("what can't be read")
          .isFalse();
      survivor = place(database, KEY, FIRST, "one secret");
      assertThat(survivor.isMoved()).isTrue();
    }
    assertThat(survivor.now())
        .as("while the database is away")
        .isEqualTo(told(OTHER, "third secret"));
    try (Database database = Database.open(url, false)) {
      ProxyPlace back = place(database, KEY, FIRST, "one secret");
      back.move(Optional.of(FIRST), Optional.of("one secret"));
      assertThat(back.isMoved()).isFalse();
      Optional<byte[]> kept = database.read(tx -> tx.namedProxy().find());
      assertThat(kept).isEmpty();
      back.move(Optional.of(OTHER), Optional.of("well kept secret"));
    }
    assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
        .contains("orrery_proxy")
        .doesNotContain("well kept");
    assertThat(told(OTHER, "well kept").toString()).doesNotContain("well kept");
  }
}
