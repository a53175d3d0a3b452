package dev.orrery.hub.routes;

import dev.orrery.http.Json;
import dev.orrery.hub.secrets.FernetKeys;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseException;
import dev.orrery.hub.store.Transaction;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which proxy it is: that of the settings, or one that an administrator named since. That one is
 * kept in the database, so that it counts for every hub there, and after a restart; until the
 * settings name another proxy than they did at that time.
 */
public final class ProxyPlace {

  /** Each route of each start asks; where the proxy is changes by an administrator's hand. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  private final Database database;
  private final FernetKeys keys;
  private final Place settings;
  private final Clock clock;
  private volatile Known known;

  /** Where its API is, and what it asks for. */
  record Place(URI api, String token) {

    private void write(ObjectNode node) {
      node.put("api", api.toString()).put("token", token);
    }

    private static Place read(JsonNode node) {
      return new Place(URI.create(node.path("api").asString("")), node.path("token").asString(""));
    }

    /** Leaves the token out: records end up in logs. */
    @Override
    public String toString() {
      return "Place[" + api + "]";
    }
  }

  /** What the database said, and when. */
  private record Known(Place place, Instant at) {

    /** A clock that was put back makes nothing last longer. */
    boolean isFresh(Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(FRESH));
    }
  }

  /**
   * The proxy of the settings, until another one is named.
   *
   * @param keys what its secret is kept with
   * @param api scheme, host and port of its API
   * @param token its secret
   */
  public ProxyPlace(Database database, FernetKeys keys, URI api, String token, Clock clock) {
    this.database = database;
    this.keys = keys;
    this.settings = new Place(api, token);
    this.clock = clock;
    this.known = new Known(settings, Instant.MIN);
  }

  /**
   * Where it is; what another hub has said is noticed within a second. Where it was before as long
   * as the database can't be asked.
   */
  Place now() {
    Known before = known;
    Instant time = clock.instant();
    if (before.isFresh(time)) {
      return before.place();
    }
    try {
      var now = new Known(database.read(this::kept), time);
      known = now;
      return now.place();
    } catch (DatabaseException e) {
      // Whoever needs the database for more than this says so.
      return before.place();
    }
  }

  /** Whether it is another one than that of the settings. */
  public boolean isMoved() {
    return !now().equals(settings);
  }

  /** Names another one, from the next question on. */
  void move(Optional<URI> api, Optional<String> token) {
    database.change(tx -> {
      Place before = kept(tx);
      var to = new Place(api.orElse(before.api()), token.orElse(before.token()));
      if (to.equals(settings)) {
        tx.namedProxy().delete();
        return;
      }
      ObjectNode both = Json.object();
      settings.write(both.putObject("instead_of"));
      to.write(both.putObject("place"));
      tx.namedProxy().put(keys.encrypt(Json.text(both), clock.instant()));
    });
    known = new Known(known.place(), Instant.MIN);
  }

  private Place kept(Transaction tx) {
    return tx.namedProxy()
        .find()
        .flatMap(keys::decrypt)
        .map(Json::parse)
        .filter(both -> Place.read(both.path("instead_of")).equals(settings))
        .map(both -> Place.read(both.path("place")))
        .orElse(settings);
  }
}
