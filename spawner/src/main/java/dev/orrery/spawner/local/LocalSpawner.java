package dev.orrery.spawner.local;

import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import java.util.Map;

/** What is the same of a local process, whoever's account it runs as. */
abstract sealed class LocalSpawner implements Spawner
    permits LocalProcessSpawner, SimpleLocalProcessSpawner {

  final LocalProcesses processes;

  LocalSpawner(LocalProcesses processes) {
    this.processes = processes;
  }

  @Override
  public final Poll poll(Map<String, Object> state, ServerName who) {
    return processes.poll(state, who);
  }

  @Override
  public final void stop(Map<String, Object> state, ServerName who, boolean now)
      throws InterruptedException {
    processes.stop(state, who, now);
  }

  @Override
  public final Recovered find(SpawnRequest.Id id, ServerName who) {
    return processes.find(id);
  }

  @Override
  public final void forget(Map<String, Object> state, ServerName who) {
    processes.forget(who);
  }

  @Override
  public final void close() {
    processes.close();
  }
}
