package dev.orrery.spawner.local;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Started;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Starts servers as sessions of processes, and finds and ends them by what was recorded. Of a
 * process that was started here the exit code is kept too, which nobody else can learn.
 */
final class LocalProcesses implements AutoCloseable {

  /** The one key JupyterHub's spawner records. */
  private static final String PID = "pid";

  /** Tells the process from others that had or will have its id. */
  private static final String IDENTITY = "orrery_process";

  /** What all processes of the server have in their environment. */
  private static final String MARK = "orrery_spawn_id";

  private static final System.Logger LOG = System.getLogger(LocalProcesses.class.getName());
  private static final Duration GIVEN_UP = Duration.ofSeconds(2);
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final LocalProcessSettings settings;
  private final CommandLine commandLine;
  private final ServerLogs logs;
  private final ExitCodes exitCodes = new ExitCodes();

  LocalProcesses(LocalProcessSettings settings) {
    this.settings = settings;
    this.commandLine = new CommandLine(settings.shellCommand());
    this.logs = new ServerLogs(settings.logs());
  }

  Started start(SpawnRequest request, RunAs as, SpawnListener listener)
      throws SpawnFailure, InterruptedException {
    Address address = Address.of(request.listen());
    var environment = new HashMap<>(settings.hubEnvironment());
    environment.putAll(request.environmentAt(address.port()));
    environment.putAll(as.environment());
    CommandLine.Words words = commandLine.of(request.command(), as, environment);
    Process process = run(request.who(), words, environment, output(request.who()));
    Optional<Proc.Entry> entry = Proc.find(process.pid());
    boolean started = false;
    try {
      keepExitCode(process, entry);
      entry.ifPresent(found -> listener.state(state(found, request.id().value())));
      listener.progress(20, "The server was started and is getting ready", Optional.empty());
      await(process, address, request);
      started = true;
      return new Started(URI.create("http://" + address.reachableAuthority()));
    } finally {
      if (!started) {
        giveUp(process, entry);
      }
    }
  }

  /**
   * Starts a program that nobody waits for, and that prints where the hub prints.
   *
   * @return what {@link #poll} and {@link #stop} know it by; nothing when it has ended already
   */
  Optional<Map<String, Object>> launch(
      ServerName who, SpawnRequest.Id id, List<String> command, Map<String, String> given, RunAs as)
      throws SpawnFailure {
    var environment = new HashMap<>(settings.hubEnvironment());
    environment.putAll(as.environment());
    environment.putAll(given);
    environment.put(SpawnRequest.ID_VARIABLE, id.value());
    CommandLine.Words words = commandLine.of(command, as, environment);
    Process process = run(who, words, environment, Redirect.INHERIT);
    Optional<Proc.Entry> entry = Proc.find(process.pid());
    keepExitCode(process, entry);
    return entry.map(found -> state(found, id.value()));
  }

  private Redirect output(ServerName who) throws SpawnFailure {
    try {
      return Redirect.appendTo(logs.begin(who).toFile());
    } catch (IOException e) {
      LOG.log(WARNING, "There is no place for what the server " + who + " prints", e);
      throw SpawnFailure.failed(
          "start", "The server could not be started; the log of the hub has the reason.");
    }
  }

  private Process run(
      ServerName who, CommandLine.Words words, Map<String, String> environment, Redirect output)
      throws SpawnFailure {
    try {
      var builder = new ProcessBuilder(words.words());
      builder.environment().clear();
      builder.environment().putAll(environment);
      builder.directory(words.directory().toFile());
      builder.redirectInput(Redirect.from(new File("/dev/null")));
      builder.redirectErrorStream(true);
      builder.redirectOutput(output);
      return builder.start();
    } catch (IOException | IllegalArgumentException e) {
      LOG.log(WARNING, "The server " + who + " could not be started", e);
      throw SpawnFailure.failed(
          "start", "The server could not be started; the log of the hub has the reason.");
    }
  }

  private void keepExitCode(Process process, Optional<Proc.Entry> entry) {
    Thread.ofVirtual()
        .name("end of process " + process.pid())
        .start(() -> {
          try {
            int code = process.waitFor();
            entry.ifPresent(found -> exitCodes.put(found.identity(), code));
          } catch (InterruptedException e) {
            // Nobody interrupts this thread.
          }
        });
  }

  private static Map<String, Object> state(Proc.Entry entry, String mark) {
    return Map.of(PID, entry.pid(), IDENTITY, entry.identity(), MARK, mark);
  }

  private void await(Process process, Address address, SpawnRequest request)
      throws SpawnFailure, InterruptedException {
    long deadline = System.nanoTime() + request.patience().toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (!address.accepts()) {
      if (!process.isAlive()) {
        throw ended(process.exitValue(), request.who());
      }
      if (System.nanoTime() > deadline) {
        throw SpawnFailure.failed(
            "timeout",
            "The server did not open its port within " + request.patience().toSeconds() + " s.");
      }
      Thread.sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  private SpawnFailure ended(int exitCode, ServerName who) {
    List<String> lines = logs.tail(who);
    String said = lines.isEmpty() ? "" : " It said:\n" + String.join("\n", lines);
    return SpawnFailure.failed(
        "exited", "The server ended at once with exit code " + exitCode + "." + said);
  }

  /** Ends what can't be used any more; also on a thread that is interrupted again and again. */
  private void giveUp(Process process, Optional<Proc.Entry> entry) {
    boolean interrupted = Thread.interrupted();
    long leader = process.pid();
    long deadline = System.nanoTime() + GIVEN_UP.toNanos();
    signal(leader, Signals.TERMINATE, process.isAlive());
    while (process.isAlive() && System.nanoTime() < deadline) {
      interrupted |= pauseRegardless();
    }
    signal(leader, Signals.KILL, process.isAlive());
    deadline = System.nanoTime() + GIVEN_UP.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      interrupted |= pauseRegardless();
    }
    entry.ifPresent(LocalProcesses::endRest);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Before setsid has run the process is in the group of the hub, which must not be signalled. */
  private static void signal(long leader, int signal, boolean alive) {
    if (!alive) {
      return;
    }
    boolean ownSession = Proc.find(leader).filter(entry -> entry.session() == leader).isPresent();
    if (ownSession) {
      Signals.toGroup(leader, signal);
    } else {
      Signals.toProcess(leader, signal);
    }
  }

  private static boolean pauseRegardless() {
    try {
      Thread.sleep(FIRST_PAUSE_MILLIS);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** What became of a recorded process. */
  private sealed interface Found {
    record Alive(Proc.Entry entry) implements Found {}

    record Gone(long pid, String identity) implements Found {}

    record Never() implements Found {}

    record Unclear(String reason) implements Found {}
  }

  private static Found look(Map<String, Object> state, ServerName who) {
    if (!(state.get(PID) instanceof Number number) || number.longValue() <= 1) {
      return new Found.Never();
    }
    long pid = number.longValue();
    Optional<Proc.Entry> entry = Proc.find(pid);
    if (state.get(IDENTITY) instanceof String identity) {
      return entry
          .filter(found -> found.identity().equals(identity))
          .<Found>map(Found.Alive::new)
          .orElse(new Found.Gone(pid, identity));
    }
    // JupyterHub records nothing else, and another process may have got the id since.
    if (entry.isEmpty()) {
      return new Found.Gone(pid, "");
    }
    Optional<Map<String, String>> environment = Proc.environment(pid);
    if (environment.isEmpty()) {
      return new Found.Unclear(
          "Process "
              + pid
              + " may be the server "
              + who
              + " or another one; who started it can't"
              + " be read.");
    }
    boolean same =
        who.user().equals(environment.get().get("JUPYTERHUB_USER"))
            && who.server().equals(environment.get().getOrDefault("JUPYTERHUB_SERVER_NAME", ""));
    return same ? new Found.Alive(entry.get()) : new Found.Gone(pid, "");
  }

  Poll poll(Map<String, Object> state, ServerName who) {
    return switch (look(state, who)) {
      case Found.Alive _ -> new Poll.Running();
      case Found.Unclear(String reason) -> new Poll.Unknown(reason);
      case Found.Never _ -> new Poll.Stopped(OptionalInt.empty(), List.of());
      case Found.Gone(long _, String identity) ->
          new Poll.Stopped(exitCodes.find(identity), logs.tail(who));
    };
  }

  void stop(Map<String, Object> state, ServerName who, boolean now) throws InterruptedException {
    switch (look(state, who)) {
      case Found.Alive(Proc.Entry entry) -> stop(entry, who, now);
      case Found.Gone(long pid, String _) -> endMarkedRest(pid, state);
      case Found.Unclear(String reason) ->
          LOG.log(WARNING, "The server {0} is not stopped: {1}", who, reason);
      case Found.Never _ -> {}
    }
  }

  private void stop(Proc.Entry leader, ServerName who, boolean now) throws InterruptedException {
    boolean gone =
        !now && end(leader, Signals.INTERRUPT, settings.afterInterrupt())
            || end(leader, Signals.TERMINATE, settings.afterTerminate())
            || end(leader, Signals.KILL, settings.afterKill());
    if (gone) {
      endRest(leader);
    } else {
      LOG.log(
          WARNING, "Process {0} of the server {1} was killed, but did not end", leader.pid(), who);
    }
  }

  private static boolean end(Proc.Entry leader, int signal, Duration patience)
      throws InterruptedException {
    if (isGone(leader)) {
      return true;
    }
    signal(leader.pid(), signal, true);
    long deadline = System.nanoTime() + patience.toNanos();
    long pause = FIRST_PAUSE_MILLIS;
    while (!isGone(leader)) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
    return true;
  }

  private static boolean isGone(Proc.Entry leader) {
    return Proc.find(leader.pid())
        .filter(entry -> entry.identity().equals(leader.identity()))
        .isEmpty();
  }

  /**
   * Kills what a server that has just ended leaves in its session: children hold on to its port. As
   * long as there is one of them, no new process gets the id of the session.
   */
  private static void endRest(Proc.Entry leader) {
    endRest(leader.pid(), _ -> true);
  }

  /**
   * The same for a server that ended some time ago. Its id may have been that of another session
   * since, so that only what has its mark is killed.
   */
  private static void endMarkedRest(long session, Map<String, Object> state) {
    if (state.get(MARK) instanceof String mark) {
      endRest(session, entry -> isMarked(entry, mark));
    }
  }

  private static void endRest(long session, Predicate<Proc.Entry> ours) {
    for (Proc.Entry entry : Proc.all()) {
      if (entry.session() == session && Proc.find(session).isEmpty() && ours.test(entry)) {
        LOG.log(DEBUG, "Killing process {0}, left in session {1}", entry.pid(), session);
        Signals.toProcess(entry.pid(), Signals.KILL);
      }
    }
  }

  private static boolean isMarked(Proc.Entry entry, String mark) {
    return Proc.environment(entry.pid())
        .filter(environment -> mark.equals(environment.get(SpawnRequest.ID_VARIABLE)))
        .isPresent();
  }

  Recovered find(SpawnRequest.Id id) {
    Proc.@Nullable Entry leader = null;
    long hidden = 0;
    var oldestFirst =
        Comparator.comparingLong(Proc.Entry::started).thenComparingLong(Proc.Entry::pid);
    for (Proc.Entry entry : Proc.all().stream().sorted(oldestFirst).toList()) {
      Optional<Map<String, String>> environment = Proc.environment(entry.pid());
      if (environment.isEmpty()) {
        // What ended meanwhile hides nothing.
        hidden += Proc.find(entry.pid()).isPresent() ? 1 : 0;
      } else if (id.value().equals(environment.get().get(SpawnRequest.ID_VARIABLE))) {
        leader = entry; // What a server has started has the mark, too, but is younger.
        break;
      }
    }
    if (leader != null) {
      return new Recovered.Found(state(leader, id.value()));
    }
    return hidden == 0
        ? new Recovered.Nothing()
        : new Recovered.Unknown(
            "No process has the mark of this start, but " + hidden + " can't be read.");
  }

  void forget(ServerName who) {
    try {
      logs.forget(who);
    } catch (IOException e) {
      LOG.log(DEBUG, "What the server " + who + " printed could not be removed", e);
    }
  }

  @Override
  public void close() {
    logs.close();
  }
}
