package dev.orrery.cli;

import dev.orrery.config.Settings;
import dev.orrery.hub.settings.SpawnSettings;
import dev.orrery.hub.settings.SpawnerClass;
import dev.orrery.kubernetes.pods.KubeSettings;
import dev.orrery.kubernetes.pods.KubeSpawner;
import dev.orrery.spawner.local.LocalProcessSettings;
import dev.orrery.spawner.local.LocalProcessSpawner;
import dev.orrery.spawner.local.SimpleLocalProcessSpawner;
import dev.orrery.spawner.spi.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Finds what the settings want servers to be started with. */
final class Spawners {

  private final Settings settings;
  private final LocalProcessSettings processes;
  private final Path program;
  private final Path data;
  private final boolean ownAccounts;

  /**
   * For one start of a hub.
   *
   * @param processes how local processes are started
   * @param program our own, for servers where the settings name none
   * @param data a folder for homes where people have no accounts on the machine
   * @param ownAccounts whether people are none of the machine's
   */
  Spawners(
      Settings settings,
      LocalProcessSettings processes,
      Path program,
      Path data,
      boolean ownAccounts) {
    this.settings = settings;
    this.processes = processes;
    this.program = program;
    this.data = data;
    this.ownAccounts = ownAccounts;
  }

  /** What was found. */
  sealed interface Choice {

    /**
     * The settings of servers, and what starts them.
     *
     * @param oneAccount whether the servers of all run as the account that runs the hub
     */
    record Found(SpawnSettings settings, boolean oneAccount, Supplier<Spawner> open)
        implements Choice {}

    /** None, and why. */
    record Refused(String sentence) implements Choice {}
  }

  Choice choose() throws IOException {
    SpawnSettings local =
        SpawnSettings.read(
            settings,
            ownAccounts
                ? List.of(program.toString(), "singleuser", "--allow-root")
                : List.of("jupyterhub-singleuser"),
            SpawnSettings.LOOPBACK);
    String name = local.spawner();
    Optional<SpawnerClass> known = SpawnerClass.of(name);
    if (name.isEmpty()) {
      known = Optional.of(ownAccounts ? SpawnerClass.SIMPLE : SpawnerClass.LOCAL);
    }
    if (known.isEmpty()) {
      return new Choice.Refused(
          "JupyterHub.spawner_class: '"
              + name
              + "' is nothing that this hub can start servers with; it has "
              + Arrays.stream(SpawnerClass.values())
                  .map(SpawnerClass::shortName)
                  .collect(Collectors.joining(", ")));
    }
    return switch (known.get()) {
      case LOCAL -> new Choice.Found(local, false, () -> new LocalProcessSpawner(processes));
      case SIMPLE -> {
        String homes =
            name.isEmpty()
                ? Files.createDirectories(data.resolve("homes")) + "/{username}"
                : SimpleLocalProcessSpawner.homeTemplate(settings);
        yield new Choice.Found(local, true, () -> new SimpleLocalProcessSpawner(processes, homes));
      }
      case KUBERNETES -> pods();
    };
  }

  /** Servers in pods: their image says what runs, and they are reached from elsewhere. */
  private Choice pods() {
    SpawnSettings spawn = SpawnSettings.read(settings, List.of(), "0.0.0.0");
    try {
      KubeSettings pods = KubeSettings.of(settings, SpawnSettings.environment(settings));
      return new Choice.Found(spawn, false, () -> new KubeSpawner(pods));
    } catch (IllegalArgumentException e) {
      return new Choice.Refused("KubeSpawner: " + e.getMessage());
    }
  }
}
