package dev.orrery.hub.servers;

import dev.orrery.http.PlainJson;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.UserServer;
import dev.orrery.spawner.spi.Orphan;
import dev.orrery.spawner.spi.ServerRecord;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Looks for servers of this hub that no record has, and tells of them or stops them. What is kept
 * for people, such as volumes, stays. One thread calls it; several hubs may do the same at once.
 */
final class Orphans {

  private static final System.Logger LOG = System.getLogger(Orphans.class.getName());

  private final Database database;
  private final Spawner spawner;
  private final Supplier<String> hub;
  private final boolean remove;

  /** A server counts if it was one in the look before, too: what a spawner tells may be late. */
  private Set<Orphan> before = Set.of();

  private final Set<Orphan> told = new HashSet<>();

  /**
   * Has seen nothing yet.
   *
   * @param hub the address of the API of this hub, as servers are told it
   * @param remove whether they are stopped
   */
  Orphans(Database database, Spawner spawner, Supplier<String> hub, boolean remove) {
    this.database = database;
    this.spawner = spawner;
    this.hub = hub;
    this.remove = remove;
  }

  /** Does one look. */
  void look() throws InterruptedException {
    List<Orphan> now;
    try {
      now = spawner.orphans(hub.get(), this::records);
    } catch (IllegalStateException e) {
      before = Set.of();
      LOG.log(
          System.Logger.Level.WARNING,
          "It can't be told whether servers run that no record has: " + e.getMessage());
      return;
    }
    List<Orphan> sure = now.stream().filter(before::contains).toList();
    before = Set.copyOf(now);
    told.retainAll(before);
    for (Orphan orphan : sure) {
      if (remove) {
        stop(orphan);
      } else if (told.add(orphan)) {
        LOG.log(
            System.Logger.Level.WARNING,
            shown(orphan)
                + " runs, and no record of this hub has it: nobody can use it or stop it here."
                + " JupyterHub.cleanup_orphans = True has the hub stop such servers; volumes stay");
      }
    }
  }

  private List<ServerRecord> records() {
    return database.read(tx -> tx.servers().active()).stream()
        .map(server ->
            new ServerRecord(
                PlainJson.map(server.state()),
                server
                    .work()
                    .map(UserServer.Work::spawnId)
                    .filter(id -> !id.isEmpty())
                    .map(SpawnRequest.Id::new)))
        .toList();
  }

  /** One that does not end holds up no other; it is tried again in the next look. */
  private void stop(Orphan orphan) throws InterruptedException {
    try {
      spawner.stop(orphan.state(), orphan.who(), false);
      LOG.log(
          System.Logger.Level.WARNING,
          shown(orphan) + " is stopped: no record of this hub had it (JupyterHub.cleanup_orphans)");
    } catch (IllegalStateException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          shown(orphan)
              + ", which no record of this hub has, could not be stopped; it is tried again: "
              + e.getMessage());
    }
  }

  private static String shown(Orphan orphan) {
    return "The " + orphan.what() + " of " + orphan.who();
  }
}
