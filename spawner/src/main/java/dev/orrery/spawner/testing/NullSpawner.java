package dev.orrery.spawner.testing;

import static java.util.Objects.requireNonNull;

import dev.orrery.spawner.spi.Orphan;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.ServerRecord;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.Started;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts nothing: every server is said to be at one given address at once, so that a hub can be
 * loaded without loading the machine. It can be told to hang, to lie and to let servers die. What
 * "runs" is kept in memory, as what stands in for the world outside; give one to all replicas.
 */
public final class NullSpawner implements Spawner {

  private static final String ID = "null_spawner";
  private static final String BLIND = "told not to tell what runs";

  /** How the next start of a server goes. */
  public sealed interface Behaviour {

    /** It is there at once. */
    record Starts() implements Behaviour {}

    /** The start does not return until it is interrupted. */
    record Hangs() implements Behaviour {}

    /** The state is recorded, and then the start hangs. */
    record HangsAfterState() implements Behaviour {}

    /** The start fails with this. */
    record Fails(SpawnFailure failure) implements Behaviour {}

    /** The start says that all is well, but there is no server. */
    record Lies() implements Behaviour {}

    /** The start throws what no spawner should. */
    record Breaks() implements Behaviour {}
  }

  private final URI url;
  private final Map<ServerName, Behaviour> behaviours = new ConcurrentHashMap<>();
  private final Map<String, ServerName> running = new ConcurrentHashMap<>();
  private final Map<String, Integer> exitCodes = new ConcurrentHashMap<>();
  private volatile boolean blind;

  /**
   * Starts nothing yet.
   *
   * @param url where something answers for all servers; without a path
   */
  public NullSpawner(URI url) {
    this.url = requireNonNull(url, "url");
  }

  /** From now on starts of this server go so. */
  public void let(ServerName who, Behaviour behaviour) {
    behaviours.put(who, behaviour);
  }

  /** Every server of that name that runs ends by itself. */
  public void die(ServerName who, int exitCode) {
    running.forEach((id, name) -> {
      if (name.equals(who) && running.remove(id, name)) {
        exitCodes.put(id, exitCode);
      }
    });
  }

  /** Whether from now on it can't be told which servers run. */
  public void blind(boolean now) {
    blind = now;
  }

  /** How many servers run. */
  public int running() {
    return running.size();
  }

  @Override
  public Started start(SpawnRequest request, SpawnListener listener)
      throws SpawnFailure, InterruptedException {
    String id = request.id().value();
    boolean started = false;
    try {
      switch (behaviours.getOrDefault(request.who(), new Behaviour.Starts())) {
        case Behaviour.Starts _ -> {
          running.put(id, request.who());
          listener.state(Map.of(ID, id));
        }
        case Behaviour.Hangs _ -> hang();
        case Behaviour.HangsAfterState _ -> {
          running.put(id, request.who());
          listener.state(Map.of(ID, id));
          hang();
        }
        case Behaviour.Fails(SpawnFailure failure) -> throw failure;
        case Behaviour.Lies _ -> listener.state(Map.of(ID, id));
        case Behaviour.Breaks _ -> throw new IllegalStateException("told to break");
      }
      started = true;
      return new Started(url);
    } finally {
      if (!started) {
        running.remove(id);
      }
    }
  }

  private static void hang() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  @Override
  public Poll poll(Map<String, Object> state, ServerName who) {
    if (blind) {
      return new Poll.Unknown(BLIND);
    }
    if (!(state.get(ID) instanceof String id)) {
      return new Poll.Stopped(OptionalInt.empty(), List.of());
    }
    if (running.containsKey(id)) {
      return new Poll.Running();
    }
    @Nullable Integer code = exitCodes.get(id);
    return new Poll.Stopped(
        Optional.ofNullable(code).stream().mapToInt(Integer::intValue).findFirst(), List.of());
  }

  @Override
  public void stop(Map<String, Object> state, ServerName who, boolean now) {
    if (state.get(ID) instanceof String id) {
      running.remove(id);
    }
  }

  @Override
  public Recovered find(SpawnRequest.Id id, ServerName who) {
    if (blind) {
      return new Recovered.Unknown(BLIND);
    }
    return running.containsKey(id.value())
        ? new Recovered.Found(Map.of(ID, id.value()))
        : new Recovered.Nothing();
  }

  /** All servers are those of every hub that asks. */
  @Override
  public List<Orphan> orphans(String hub, Supplier<List<ServerRecord>> records) {
    if (blind) {
      throw new IllegalStateException(BLIND);
    }
    Map<String, ServerName> there = Map.copyOf(running);
    var recorded = new HashSet<Object>();
    for (ServerRecord server : records.get()) {
      recorded.add(server.state().getOrDefault(ID, ""));
      server.start().ifPresent(id -> recorded.add(id.value()));
    }
    return there.entrySet().stream()
        .filter(server -> !recorded.contains(server.getKey()))
        .map(server ->
            new Orphan(
                server.getValue(), "null server " + server.getKey(), Map.of(ID, server.getKey())))
        .toList();
  }
}
