package dev.orrery.hub.servers;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.routes.RoutesException;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import dev.orrery.hub.store.UserServer.Step;
import dev.orrery.hub.tokens.TokenHash;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * What happens to the servers of people. Every step is a row in the database with a lease before it
 * begins, and is repeated or undone by whoever finds its lease run out: this hub after a restart,
 * or another one beside it. So what is said here of one hub holds of several.
 *
 * <ul>
 *   <li>start: row, token and OAuth client, then the spawner, then its address, then the server
 *       answers, then its route; only then it is ready.
 *   <li>stop: route, spawner, address, token and client, row.
 * </ul>
 */
public final class ServerLifecycle implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ServerLifecycle.class.getName());

  private static final Duration HEARTBEAT = Duration.ofSeconds(8);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration CANCELLED = Duration.ofSeconds(20);
  private static final Duration LAST_STOPS = Duration.ofSeconds(75);

  private final Database database;
  private final ServerSettings settings;
  private final Routes routes;
  private final HubSettings.Addresses addresses;
  private final Supplier<String> hubUrl;
  private final Supplier<Map<String, Routes.Route>> standing;
  private final Clock clock;
  private final Credentials credentials;
  private final Steps steps;
  private final ServerStart start;
  private final ServerStop stop;
  private final ServerWatch watch;
  private final Orphans orphans;
  private final Rounds rounds = new Rounds();

  /**
   * Starts servers with {@code spawner} and leads to them by {@code routes}.
   *
   * @param hubUrl how servers reach this hub: scheme, host and port
   * @param standing what else the front door leads to, by its path
   * @param hostPrefix whether names of cookies say that no other host may set them
   * @param secrets what all servers of the person with this number know, and no others
   * @param tooManyFailed called when more starts failed in a row than the settings bear
   */
  public ServerLifecycle(
      Database database,
      Spawner spawner,
      Routes routes,
      ServerSettings settings,
      HubSettings.Addresses addresses,
      Supplier<String> hubUrl,
      Supplier<Map<String, Routes.Route>> standing,
      boolean hostPrefix,
      LongFunction<String> secrets,
      Runnable tooManyFailed,
      HubMetrics metrics,
      Clock clock) {
    this.database = database;
    this.settings = settings;
    this.routes = routes;
    this.addresses = addresses;
    this.hubUrl = hubUrl;
    this.standing = standing;
    this.clock = clock;
    String basePath = addresses.basePath();
    var bounded = new BoundedSpawner(spawner, BoundedSpawner.Limits.USUAL);
    var environment =
        new ClientEnvironment(
            addresses,
            settings.hubUrl().<Supplier<String>>map(url -> () -> url).orElse(hubUrl),
            hostPrefix);
    var events = new ServerEvents(clock);
    credentials = new Credentials(settings, basePath);
    steps = new Steps(database, clock);
    stop = new ServerStop(database, bounded, routes, basePath, metrics, events);
    start =
        new ServerStart(
            database,
            bounded,
            routes,
            settings,
            basePath,
            environment,
            secrets,
            steps,
            stop,
            metrics,
            events,
            tooManyFailed,
            clock);
    watch = new ServerWatch(database, bounded, routes, basePath, steps, stop, metrics);
    orphans = new Orphans(database, bounded, environment::api, settings.removeOrphans());
  }

  /** How far a start or a stop has come when the request is answered. */
  public enum Reached {
    DONE,
    /** It is over, and not well; the record of the server has the reason. */
    FAILED,
    /** It goes on; ask again. */
    PENDING
  }

  /** Goes on with what is under way, and looks after servers from now on. */
  public void begin() {
    look();
    rounds.every(LOOK, "looking for servers left", this::look);
    // Some may have ended while no hub was there. Without the proxy's table, which whoever starts
    // the hub has mended once there is a proxy.
    rounds.once("first poll of servers", watch::noticeEnded);
    rounds.every(
        settings.pollInterval(),
        "polling servers",
        () -> {
          watch.noticeEnded();
          mendRoutes();
        });
    rounds.every(
        settings.activityInterval(), "asking the proxy who was active", watch::noteActivity);
    rounds.every(settings.pollInterval(), "looking for servers without a record", orphans::look);
    rounds.every(HEARTBEAT, "leases of servers", steps::extendAll);
  }

  // ---- start

  /**
   * Starts a server, and waits for it for a short time.
   *
   * @param known finds whose it is
   * @param options what was chosen for this start; nothing for what was chosen last time
   * @param displayName what a named server is to be called; nothing for what it is called
   * @throws HttpException 400 when it runs already, or the name is not valid; 429 when there are
   *     too many; as {@link SpawnFailure} says when it could not be started within that time
   */
  public Reached start(
      Function<Transaction, User> known,
      String name,
      Optional<JsonNode> options,
      Optional<String> displayName) {
    String spawnId = UUID.randomUUID().toString();
    String token = TokenHash.newToken();
    record Claimed(Optional<UserServer> server) {}
    Claimed claimed =
        database.write(tx -> {
          User user = known.apply(tx);
          UserServer server = findOrCreate(tx, user, name, displayName);
          if (server.pending().filter(Step.SPAWN::equals).isPresent()) {
            return new Claimed(Optional.empty());
          }
          server
              .pending()
              .ifPresent(step -> {
                throw new HttpException(
                    400, ServerNames.who(server) + " is pending " + step.shown());
              });
          if (server.isReady()) {
            throw new HttpException(400, ServerNames.who(server) + " is already running");
          }
          checkLimits(tx);
          displayName
              .filter(_ -> !name.isEmpty())
              .ifPresent(text -> tx.servers().setDisplayName(server.id(), text));
          options.ifPresent(
              chosen -> tx.servers().setUserOptions(server.id(), Optional.of(Json.text(chosen))));
          if (!steps.begin(tx, server.id(), Step.SPAWN, spawnId)) {
            return new Claimed(Optional.empty());
          }
          Instant now = clock.instant();
          tx.servers().setStarted(server.id(), now);
          tx.users().seen(user.id(), now);
          credentials.give(tx, user, server, token, now);
          return new Claimed(tx.servers().byId(server.id()));
        });
    if (claimed.server().isEmpty()) {
      return Reached.PENDING;
    }
    UserServer server = claimed.server().get();
    LOG.log(System.Logger.Level.INFO, "Starting " + ServerNames.who(server));
    var well = new AtomicBoolean();
    steps.run(server.id(), () -> well.set(start.run(server, new SpawnRequest.Id(spawnId), token)));
    Reached reached = reached(server.id(), settings.patience());
    return reached == Reached.DONE && !well.get() ? Reached.FAILED : reached;
  }

  private UserServer findOrCreate(
      Transaction tx, User user, String name, Optional<String> displayName) {
    Optional<UserServer> known = tx.servers().find(user.id(), name);
    if (name.isEmpty()) {
      return known.orElseGet(() -> tx.servers().create(user.id(), name, ""));
    }
    ServerNames.requireNamed(settings);
    if (known.isPresent()) {
      displayName.ifPresent(text -> ServerNames.checkDisplayName(name, text));
      return known.get();
    }
    String text = displayName.orElse(name);
    ServerNames.checkNew(tx, settings, user, name, text);
    return tx.servers().create(user.id(), name, text);
  }

  // ---- change

  /**
   * What is to be different about a server.
   *
   * @param options what is chosen for its next start
   */
  public record Change(
      Optional<String> name, Optional<String> displayName, Optional<JsonNode> options) {}

  /**
   * Changes a server that does not run. Whoever it is shared with keeps it under its new name.
   *
   * @throws HttpException 400 when it runs, or may not be called so; 404 when there is none; 409
   *     when there is another one of that name
   */
  public UserServer change(User user, String name, Change change) {
    UserServer changed =
        database.write(tx -> {
          Optional<UserServer> known = tx.servers().find(user.id(), name);
          if (change.name().isPresent() || change.displayName().isPresent()) {
            ServerNames.requireNamed(settings);
          }
          change
              .name()
              .filter(to -> tx.servers().find(user.id(), to).isEmpty())
              .ifPresent(to -> {
                ServerNames.checkName(to, change.displayName().orElse(to));
                if (name.isEmpty()) {
                  // There is a default server again as soon as it is asked for.
                  ServerNames.checkLimit(tx, settings, user);
                }
              });
          UserServer server =
              known.orElseThrow(() ->
                  new HttpException(
                      404, "User " + user.name() + " has no server named '" + shown(name) + "'"));
          if (server.isActive()) {
            throw new HttpException(
                400, ServerNames.who(server) + " is active. Please stop it before modifying it.");
          }
          change
              .name()
              .filter(to -> tx.servers().find(user.id(), to).isPresent())
              .ifPresent(to -> {
                throw new HttpException(
                    409, "User " + user.name() + " already has server '" + shown(to) + "'");
              });
          String called = change.name().orElse(name);
          change.displayName().ifPresent(text -> ServerNames.checkDisplayName(called, text));
          change.name().ifPresent(to -> tx.servers().rename(server.id(), to));
          change.displayName().ifPresent(text -> tx.servers().setDisplayName(server.id(), text));
          change
              .options()
              .ifPresent(chosen ->
                  tx.servers().setUserOptions(server.id(), Optional.of(Json.text(chosen))));
          return tx.servers().byId(server.id()).orElseThrow();
        });
    LOG.log(System.Logger.Level.INFO, "Changed " + user.name() + ":" + name);
    return changed;
  }

  private static String shown(String name) {
    return name.length() > 100 ? name.substring(0, 100) + "…" : name;
  }

  private void checkLimits(Transaction tx) {
    if (settings.mostStarting() <= 0 && settings.mostActive() <= 0) {
      return;
    }
    var counts = tx.servers().counts();
    if (settings.mostStarting() > 0 && counts.starting() >= settings.mostStarting()) {
      throw new HttpException(
          429, "Too many users trying to log in right now. Please try again in a minute.");
    }
    if (settings.mostActive() > 0 && counts.active() >= settings.mostActive()) {
      throw new HttpException(
          429, "Active user limit exceeded. Please try again in a few minutes.");
    }
  }

  // ---- stop

  /**
   * Stops a server, and waits for its end for a short time. A start that is under way is given up.
   *
   * @param remove whether its record goes too
   */
  public Reached stop(UserServer server, boolean remove) {
    if (server.pending().filter(Step.SPAWN::equals).isPresent()) {
      steps.cancel(server.id(), CANCELLED);
    }
    boolean ours =
        database.write(tx -> {
          UserServer current = Steps.current(tx, server);
          if (!current.isActive()) {
            return false;
          }
          return steps.begin(tx, current.id(), remove ? Step.REMOVE : Step.STOP, "");
        });
    if (!ours) {
      Optional<UserServer> there = database.read(tx -> tx.servers().byId(server.id()));
      if (there.filter(UserServer::isActive).isPresent()) {
        return Reached.PENDING;
      }
      if (remove && there.isPresent()) {
        remove(there.get());
      }
      return Reached.DONE;
    }
    LOG.log(System.Logger.Level.INFO, "Stopping " + ServerNames.who(server));
    steps.run(server.id(), () -> stop.finish(steps.current(server), remove));
    return reached(server.id(), settings.stopPatience());
  }

  /** Deletes the record of a server that does not run, and what was kept for its next start. */
  private void remove(UserServer server) {
    try {
      stop.forget(server);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    database.change(tx -> {
      if (tx.servers().byId(server.id()).filter(now -> !now.isActive()).isPresent()) {
        tx.servers().delete(server.id());
      }
    });
  }

  /** Has the spawner let go of what it keeps for the servers of somebody who is deleted. */
  public void forgetAllOf(User user) {
    List<UserServer> all =
        database.read(tx -> tx.servers().of(List.of(user.id())).getOrDefault(user.id(), List.of()));
    try {
      for (UserServer server : all) {
        if (!server.isActive()) {
          stop.forget(server);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops the servers of a person, without waiting for that. */
  public void stopAllOf(User user) {
    List<UserServer> running =
        database.read(tx -> tx.servers().of(List.of(user.id())).getOrDefault(user.id(), List.of()));
    running.stream()
        .filter(UserServer::isReady)
        .forEach(server ->
            Thread.ofVirtual()
                .name("stop at logout")
                .start(() -> {
                  try {
                    stop(server, false);
                  } catch (RuntimeException e) {
                    LOG.log(
                        System.Logger.Level.WARNING,
                        ServerNames.who(server) + " could not be stopped",
                        e);
                  }
                }));
  }

  private Reached reached(long server, Duration patience) {
    return steps.await(server, patience) ? Reached.DONE : Reached.PENDING;
  }

  // ---- what is found lying

  /** Takes over steps that nobody is at any more. */
  private void look() {
    for (UserServer server : database.read(tx -> tx.servers().underWay())) {
      if (steps.takeOver(server)) {
        LOG.log(System.Logger.Level.INFO, "Going on with " + ServerNames.who(server));
        steps.run(server.id(), () -> goOn(server));
      }
    }
  }

  private void goOn(UserServer server) {
    switch (server.work().orElseThrow().step()) {
      case SPAWN -> start.goOn(server);
      case STOP, CHECK, RENAME -> stop.finish(server, false);
      case REMOVE -> stop.finish(server, true);
      case FAILED -> {}
    }
  }

  /** Has the proxy lead where it should, if it can be asked; for one that has lost its table. */
  public void mendRoutes() {
    try {
      checkRoutes();
    } catch (RoutesException e) {
      LOG.log(System.Logger.Level.WARNING, e.getMessage());
    }
  }

  /**
   * Has the proxy lead where it should.
   *
   * @throws RoutesException when it does not answer
   */
  public void checkRoutes() {
    List<UserServer> active = database.read(tx -> tx.servers().active());
    new RouteCheck(routes, addresses, hubUrl.get(), standing.get())
        .mend(
            active.stream().filter(UserServer::isReady).toList(),
            active.stream()
                .filter(server -> server.pending().isPresent())
                .map(server -> Paths.of(addresses.basePath(), server.userName(), server.name()))
                .toList());
  }

  /** Stops all servers, and waits for that. */
  public void stopAll() {
    List<UserServer> active = database.read(tx -> tx.servers().active());
    if (active.isEmpty()) {
      return;
    }
    LOG.log(System.Logger.Level.INFO, "Stopping " + active.size() + " servers");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      active.forEach(server ->
          threads.execute(() -> {
            stop(server, false);
            steps.await(server.id(), LAST_STOPS);
          }));
    }
  }

  /** Stops looking after servers; they go on, and so do steps once another hub finds them. */
  @Override
  public void close() {
    rounds.close();
    steps.awaitAll(Duration.ofSeconds(1));
    start.close();
  }
}
