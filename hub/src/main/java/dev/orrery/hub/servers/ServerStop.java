package dev.orrery.hub.servers;

import dev.orrery.http.PlainJson;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.UserServer;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import java.util.Map;
import java.util.Optional;

/** Ends servers: route, spawner, address, token and client, row. Each part may be repeated. */
final class ServerStop {

  private static final System.Logger LOG = System.getLogger(ServerStop.class.getName());

  private final Database database;
  private final Spawner spawner;
  private final Routes routes;
  private final String basePath;
  private final HubMetrics metrics;
  private final ServerEvents events;

  ServerStop(
      Database database,
      Spawner spawner,
      Routes routes,
      String basePath,
      HubMetrics metrics,
      ServerEvents events) {
    this.database = database;
    this.spawner = spawner;
    this.routes = routes;
    this.basePath = basePath;
    this.metrics = metrics;
    this.events = events;
  }

  /** Does the whole of a step that is ours. */
  void finish(UserServer server, boolean remove) {
    HubMetrics.Timer timer = HubMetrics.timer();
    boolean well = false;
    try {
      takeDown(server);
      Map<String, Object> kept = kept(server);
      if (remove) {
        forget(server);
      }
      database.change(tx -> {
        clear(tx, server, kept);
        tx.servers().end(server.id());
        if (remove) {
          tx.servers().delete(server.id());
        }
      });
      LOG.log(System.Logger.Level.INFO, ServerNames.who(server) + " has stopped");
      well = true;
      events.tell("stop", server);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The lease runs out, and somebody tries again.
      LOG.log(System.Logger.Level.ERROR, ServerNames.who(server) + " could not be stopped now", e);
    } finally {
      metrics.stopped(timer, well);
    }
  }

  /** Ends what runs of a server, as far as anything does. */
  void takeDown(UserServer server) throws InterruptedException {
    ServerName name = ServerNames.of(server);
    // People are led to a server only when its address is known; before, there is no route.
    if (server.address().isPresent()) {
      routes.remove(Paths.of(basePath, server.userName(), server.name()));
    }
    Map<String, Object> state = PlainJson.map(server.state());
    Optional<String> spawnId =
        server.work().map(UserServer.Work::spawnId).filter(id -> !id.isEmpty());
    if (spawnId.isPresent()
        && spawner.find(new SpawnRequest.Id(spawnId.get()), name)
            instanceof Recovered.Found found) {
      spawner.stop(found.state(), name, false);
    }
    if (!state.isEmpty()) {
      spawner.stop(state, name, false);
    }
  }

  /** Has the spawner let go of what it keeps for a server's next start: there will be none. */
  void forget(UserServer server) throws InterruptedException {
    spawner.forget(PlainJson.map(server.state()), ServerNames.of(server));
  }

  /** What is remembered of a server that runs no longer. */
  Map<String, Object> kept(UserServer server) {
    return spawner.kept(PlainJson.map(server.state()));
  }

  /** Forgets what ran, apart from {@code kept}, and takes back what it had. */
  static void clear(Transaction tx, UserServer server, Map<String, Object> kept) {
    tx.servers().clearAddress(server.id());
    tx.servers().setState(server.id(), Optional.of(PlainJson.text(kept)));
    Credentials.takeBack(tx, server);
  }
}
