package dev.orrery.spawner.local;

import static java.util.Objects.requireNonNull;

import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Programs that a hub runs beside itself. They print where the hub prints, and outlive one that is
 * killed: the next one finds them by the id they were started with. Thread-safe.
 */
public final class ServiceProcesses implements AutoCloseable {

  private final LocalProcesses processes;
  private final AsAccount asAccount = new AsAccount(new SystemAccounts());

  /** Runs nothing yet. */
  public ServiceProcesses(LocalProcessSettings settings) {
    processes = new LocalProcesses(requireNonNull(settings, "settings"));
  }

  /**
   * What to run.
   *
   * @param id the same for each start, and for nothing else on this machine
   * @param name for messages
   * @param directory where it starts; nothing for that of the hub
   * @param user the account it runs as; empty for that of the hub
   */
  public record Program(
      SpawnRequest.Id id,
      String name,
      List<String> command,
      Map<String, String> environment,
      Optional<Path> directory,
      String user) {
    public Program {
      command = List.copyOf(command);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * Starts a program.
   *
   * @return what {@link #hasEnded} and {@link #stop} know it by; empty when it ended at once
   * @throws SpawnFailure when it can't be started
   */
  public Map<String, Object> start(Program program) throws SpawnFailure, InterruptedException {
    RunAs as =
        program.user().isEmpty()
            ? new RunAs(List.of(), Path.of("").toAbsolutePath(), Map.of())
            : asAccount.of(program.user());
    RunAs there =
        new RunAs(as.launcher(), program.directory().orElse(as.directory()), as.environment());
    return processes
        .launch(name(program.name()), program.id(), program.command(), program.environment(), there)
        .orElse(Map.of());
  }

  /** The process id in a state; 0 where there is none. */
  public static long pid(Map<String, Object> state) {
    return state.get("pid") instanceof Number number ? number.longValue() : 0;
  }

  /** What is there of a program that another hub started; empty where nothing is. */
  public Map<String, Object> find(SpawnRequest.Id id) {
    return processes.find(id) instanceof Recovered.Found found ? found.state() : Map.of();
  }

  /** Whether a program has ended; nothing while it runs, else how, for a message. */
  public Optional<String> hasEnded(String name, Map<String, Object> state) {
    return processes.poll(state, name(name)) instanceof Poll.Stopped stopped
        ? Optional.of(
            stopped.exitCode().isPresent()
                ? "with status " + stopped.exitCode().getAsInt()
                : "by itself")
        : Optional.empty();
  }

  /** Ends a program and what it has started; waits for that as long as the settings say. */
  public void stop(String name, Map<String, Object> state) throws InterruptedException {
    processes.stop(state, name(name), false);
  }

  private static ServerName name(String service) {
    return new ServerName("", service);
  }

  @Override
  public void close() {
    processes.close();
  }
}
