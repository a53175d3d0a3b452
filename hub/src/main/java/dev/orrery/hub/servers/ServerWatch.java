package dev.orrery.hub.servers;

import dev.orrery.http.PlainJson;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.UserServer;
import dev.orrery.hub.store.UserServer.Step;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.Spawner;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks after servers that run: when they were used, and whether they have ended. */
final class ServerWatch {

  private static final System.Logger LOG = System.getLogger(ServerWatch.class.getName());

  private final Database database;
  private final Spawner spawner;
  private final Routes routes;
  private final String basePath;
  private final Steps steps;
  private final ServerStop stop;
  private final HubMetrics metrics;

  ServerWatch(
      Database database,
      Spawner spawner,
      Routes routes,
      String basePath,
      Steps steps,
      ServerStop stop,
      HubMetrics metrics) {
    this.database = database;
    this.spawner = spawner;
    this.routes = routes;
    this.basePath = basePath;
    this.steps = steps;
    this.stop = stop;
    this.metrics = metrics;
  }

  /** Notes when the proxy last saw each server be used; servers tell it themselves, too. */
  void noteActivity() {
    Map<String, Routes.Route> table = routes.all();
    for (UserServer server : database.read(tx -> tx.servers().active())) {
      Routes.Route route = table.get(Paths.of(basePath, server.userName(), server.name()));
      Optional<Instant> seen =
          Optional.ofNullable(route)
              .map(found -> found.data().path("last_activity").asString(""))
              .flatMap(ServerWatch::time);
      if (seen.isPresent()
          && server.lastActivity().map(last -> last.isBefore(seen.get())).orElse(true)) {
        database.change(tx -> {
          tx.servers().used(server.id(), seen.get());
          tx.users().seen(server.user(), seen.get());
        });
      }
    }
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** Stops what is left of servers that have ended. */
  void noticeEnded() throws InterruptedException {
    List<UserServer> running =
        database.read(tx -> tx.servers().active()).stream().filter(UserServer::isReady).toList();
    for (UserServer server : running) {
      ServerName name = ServerNames.of(server);
      HubMetrics.Timer timer = HubMetrics.timer();
      boolean ended = spawner.poll(PlainJson.map(server.state()), name) instanceof Poll.Stopped;
      metrics.polled(timer, !ended);
      if (ended) {
        LOG.log(System.Logger.Level.WARNING, ServerNames.who(server) + " has ended by itself");
        boolean ours = database.write(tx -> steps.begin(tx, server.id(), Step.STOP, ""));
        if (ours) {
          steps.run(server.id(), () -> stop.finish(server, false));
        }
      }
    }
  }
}
