package dev.orrery.hub.servers;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.PlainJson;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.routes.RoutesException;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.NewToken;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import dev.orrery.hub.store.UserServer.Step;
import dev.orrery.hub.tokens.TokenHash;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.Started;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
  private static final System.Logger EVENTS = System.getLogger("dev.orrery.hub.events");

  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final Duration HEARTBEAT = Duration.ofSeconds(8);
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final Duration CANCELLED = Duration.ofSeconds(20);
  private static final Duration LAST_STOPS = Duration.ofSeconds(75);

  /** One of these lets a server tell of its activity. */
  private static final List<String> ACTIVITY =
      List.of("users:activity!user", "users:activity", "inherit");

  private final Database database;
  private final Spawner spawner;
  private final Routes routes;
  private final ServerSettings settings;
  private final HubSettings.Addresses addresses;
  private final Supplier<String> hubUrl;
  private final ClientEnvironment environment;
  private final LongFunction<String> secrets;
  private final Supplier<Map<String, Routes.Route>> standing;
  private final HubMetrics metrics;
  private final Probe probe;
  private final Runnable tooManyFailed;
  private final Clock clock;

  /** Names this hub in leases; new for each start, for what ran before is over. */
  private final Worker self = Worker.here();

  private final String worker = self.text();

  /** Starts that failed since one succeeded. */
  private final AtomicInteger failures = new AtomicInteger();

  private final Map<Long, Job> jobs = new ConcurrentHashMap<>();
  private final List<Thread> loops = new CopyOnWriteArrayList<>();

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
    this.tooManyFailed = tooManyFailed;
    this.database = database;
    this.spawner = spawner;
    this.routes = routes;
    this.settings = settings;
    this.addresses = addresses;
    this.hubUrl = hubUrl;
    this.environment =
        new ClientEnvironment(
            addresses,
            settings.hubUrl().<Supplier<String>>map(url -> () -> url).orElse(hubUrl),
            hostPrefix);
    this.secrets = secrets;
    this.standing = standing;
    this.metrics = metrics;
    this.probe = new Probe();
    this.clock = clock;
  }

  /** One step of one server that this hub is at. */
  private static final class Job {
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread thread;

    Job(Runnable work) {
      thread =
          Thread.ofVirtual()
              .name("server step")
              .unstarted(() -> {
                try {
                  work.run();
                } finally {
                  done.countDown();
                }
              });
    }
  }

  /** How far a start or a stop has come when the request is answered. */
  public enum Reached {
    DONE,
    /** It goes on; ask again. */
    PENDING
  }

  /** Goes on with what is under way, and looks after servers from now on. */
  public void begin() {
    look();
    every(LOOK, "looking for servers left", this::look);
    // Some may have ended while no hub was there.
    loops.add(Thread.ofVirtual().name("first poll of servers").start(this::pollFirst));
    every(settings.pollInterval(), "polling servers", this::poll);
    every(settings.activityInterval(), "asking the proxy who was active", this::noteActivity);
    every(HEARTBEAT, "leases of servers", this::beat);
  }

  /** Something that is done again and again. */
  private interface Round {
    void run() throws InterruptedException;
  }

  private void every(Duration pause, String name, Round round) {
    loops.add(
        Thread.ofVirtual()
            .name(name)
            .start(() -> {
              try {
                while (true) {
                  Thread.sleep(pause);
                  runSafely(name, round);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  private static void runSafely(String name, Round round) throws InterruptedException {
    try {
      round.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "This did not work and is tried again: " + name, e);
    }
  }

  // ---- start

  /**
   * Starts a server, and waits for it for a short time.
   *
   * @param options what was chosen for this start; nothing for what was chosen last time
   * @param displayName what a named server is to be called; nothing for what it is called
   * @throws HttpException 400 when it runs already, or the name is not valid; 429 when there are
   *     too many; as {@link SpawnFailure} says when it could not be started within that time
   */
  public Reached start(
      User user, String name, Optional<JsonNode> options, Optional<String> displayName) {
    String spawnId = UUID.randomUUID().toString();
    String token = TokenHash.newToken();
    record Claimed(Optional<UserServer> server) {}
    Claimed claimed =
        database.write(tx -> {
          UserServer server = findOrCreate(tx, user, name, displayName);
          if (server.pending().filter(Step.SPAWN::equals).isPresent()) {
            return new Claimed(Optional.empty());
          }
          server
              .pending()
              .ifPresent(step -> {
                throw new HttpException(400, who(server) + " is pending " + step.shown());
              });
          if (server.isReady()) {
            throw new HttpException(400, who(server) + " is already running");
          }
          checkLimits(tx);
          Instant now = clock.instant();
          displayName
              .filter(_ -> !name.isEmpty())
              .ifPresent(text -> tx.servers().setDisplayName(server.id(), text));
          options.ifPresent(
              chosen -> tx.servers().setUserOptions(server.id(), Optional.of(Json.text(chosen))));
          if (!tx.servers().begin(server.id(), Step.SPAWN, spawnId, worker, now.plus(LEASE), now)) {
            return new Claimed(Optional.empty());
          }
          tx.servers().setStarted(server.id(), now);
          tx.users().seen(user.id(), now);
          credentials(tx, user, server, token, now);
          return new Claimed(tx.servers().byId(server.id()));
        });
    if (claimed.server().isEmpty()) {
      return Reached.PENDING;
    }
    UserServer server = claimed.server().get();
    LOG.log(System.Logger.Level.INFO, "Starting " + who(server));
    run(server.id(), () -> spawn(server, new SpawnRequest.Id(spawnId), token));
    return await(server.id(), settings.patience());
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
                400, who(server) + " is active. Please stop it before modifying it.");
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

  /** What a server proves itself with, and logs people in with. */
  private void credentials(
      Transaction tx, User user, UserServer server, String token, Instant now) {
    String clientId = Paths.clientId(user.name(), server.name());
    String path = Paths.of(addresses.basePath(), user.name(), server.name());
    forget(tx, server);
    tx.oauth()
        .put(
            new OAuthClient(
                clientId,
                "Server at " + path,
                TokenHash.ofOurs(token),
                path + "oauth_callback",
                settings.rights().forVisitors()));
    tx.servers().setClient(server.id(), Optional.of(clientId));
    List<String> scopes =
        settings.rights().byItself().isEmpty()
            ? tx.roles().find(RoleDefinition.SERVER).map(role -> role.scopes()).orElse(List.of())
            : ownScopes(settings.rights().byItself(), server);
    tx.tokens()
        .create(
            new NewToken(
                Holder.USER,
                user.id(),
                TokenHash.ofOurs(token),
                TokenHash.prefix(token),
                clientId,
                "",
                Optional.empty(),
                "Server at " + path,
                scopes),
            now);
  }

  /** What a server may do by settings; to tell of its activity is part of it. */
  private static List<String> ownScopes(List<String> wanted, UserServer server) {
    String own = "=" + server.userName() + "/" + server.name();
    var scopes =
        wanted.stream()
            .map(scope -> scope.endsWith("!server") ? scope + own : scope)
            .collect(Collectors.toCollection(ArrayList::new));
    if (Collections.disjoint(scopes, ACTIVITY)) {
      scopes.add("users:activity!user");
    }
    return scopes;
  }

  /** Takes back what a server had; its client goes with all that was given to it. */
  private static void forget(Transaction tx, UserServer server) {
    tx.servers().setClient(server.id(), Optional.empty());
    tx.oauth().delete(Paths.clientId(server.userName(), server.name()));
  }

  private void spawn(UserServer server, SpawnRequest.Id id, String token) {
    HubMetrics.Timer timer = HubMetrics.timer();
    try {
      Started started = spawner.start(request(server, id, token), listener(server));
      URI url = started.url();
      var address =
          new UserServer.Address(
              url.getScheme(),
              url.getHost(),
              url.getPort(),
              Paths.of(addresses.basePath(), server.userName(), server.name()));
      Instant begun = server.started().orElseGet(clock::instant);
      database.change(tx -> tx.servers().setAddress(server.id(), address, begun));
      finishStart(server, address);
      metrics.spawned(timer, "success", "");
      event("start", server);
    } catch (SpawnFailure e) {
      metrics.spawned(timer, e.status() < 500 ? "failure" : "error", e.reason());
      undo(server, e.message(), e.htmlMessage());
      failed(e.status() >= 500);
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.INFO, "The start of " + who(server) + " was given up");
      metrics.spawned(timer, "failure", "given-up");
      undo(server, "The start was given up", Optional.empty());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "The start of " + who(server) + " failed", e);
      metrics.spawned(timer, "error", "error");
      undo(server, "Something went wrong in the hub; its log has more", Optional.empty());
      failed(true);
    }
  }

  /** Counts starts that failed by no fault of who asked for them; after too many the hub ends. */
  private void failed(boolean counts) {
    int most = settings.trouble().mostFailures();
    if (counts && most > 0 && failures.incrementAndGet() == most) {
      LOG.log(
          System.Logger.Level.ERROR,
          most + " starts in a row failed; the hub ends, so that it is started anew");
      tooManyFailed.run();
    }
  }

  private SpawnRequest request(UserServer server, SpawnRequest.Id id, String token) {
    String path = Paths.of(addresses.basePath(), server.userName(), server.name());
    return new SpawnRequest(
        id,
        new ServerName(server.userName(), server.name()),
        settings.command(),
        environment(server, path, token),
        new SpawnRequest.Listen(settings.listenIp(), settings.listenPort(), path),
        settings.limits(),
        formatted(settings.rootDir(), server),
        formatted(settings.defaultUrl(), server),
        PlainJson.map(server.userOptions()),
        settings.startTime());
  }

  /** What a setting says of a person in general, of this one. */
  private static String formatted(String template, UserServer server) {
    return template.replace("{username}", server.userName()).replace("{servername}", server.name());
  }

  private Map<String, String> environment(UserServer server, String path, String token) {
    String access = "access:servers!server=" + server.userName() + "/" + server.name();
    var env = new HashMap<String, String>(settings.environment());
    env.putAll(
        environment.of(
            new ClientEnvironment.Client(
                token,
                Paths.clientId(server.userName(), server.name()),
                path,
                path + "oauth_callback",
                List.of(access),
                settings.rights().forVisitors())));
    env.put("JUPYTERHUB_USER", server.userName());
    env.put("JUPYTERHUB_SERVER_NAME", server.name());
    env.put("ORRERY_XSRF_SECRET", secrets.apply(server.user()));
    env.put(
        "JUPYTERHUB_ACTIVITY_URL",
        environment.api() + "/users/" + Paths.escaped(server.userName()) + "/activity");
    return env;
  }

  private SpawnListener listener(UserServer server) {
    return new SpawnListener() {
      @Override
      public void state(Map<String, Object> state) {
        database.change(tx -> {
          // Who has lost the lease has no business here: the other one undoes what we made.
          if (!tx.servers().extend(server.id(), worker, clock.instant().plus(LEASE))) {
            throw new IllegalStateException("Another hub has taken over " + who(server));
          }
          tx.servers().setState(server.id(), Optional.of(PlainJson.text(state)));
        });
      }

      @Override
      public void progress(int percent, String message, Optional<String> htmlMessage) {
        var event = Json.object().put("progress", percent).put("message", message);
        htmlMessage.ifPresent(html -> event.put("html_message", html));
        database.change(tx -> tx.servers().progress(server.id(), Json.text(event)));
      }
    };
  }

  /** From the address on: the server answers, then people are led to it. */
  private void finishStart(UserServer server, UserServer.Address address)
      throws InterruptedException, SpawnFailure {
    var who = new ServerName(server.userName(), server.name());
    probe.awaitAnswer(
        URI.create(address.origin() + address.basePath() + "api"),
        settings.answerTime(),
        () -> {
          Map<String, Object> state = PlainJson.map(known(server).state());
          if (spawner.poll(state, who) instanceof Poll.Stopped stopped) {
            throw ended(stopped);
          }
        });
    routes.put(address.basePath(), route(server, address));
    database.change(tx -> tx.servers().end(server.id()));
    failures.set(0);
    LOG.log(System.Logger.Level.INFO, who(server) + " is ready");
  }

  private static SpawnFailure ended(Poll.Stopped stopped) {
    String how =
        stopped.exitCode().isPresent() ? " with status " + stopped.exitCode().getAsInt() : "";
    String last =
        stopped.lastLines().isEmpty() ? "" : ". It said: " + stopped.lastLines().getLast();
    return SpawnFailure.failed("exited", "The server ended" + how + last);
  }

  static Routes.Route route(UserServer server, UserServer.Address address) {
    return new Routes.Route(
        address.origin(),
        Json.object().put("user", server.userName()).put("server_name", server.name()));
  }

  /** After a failed start: nothing of it is left but the reason. */
  private void undo(UserServer server, String message, Optional<String> html) {
    LOG.log(System.Logger.Level.WARNING, who(server) + " did not start: " + message);
    // The thread may be interrupted, which is why we are here; cleaning up needs to wait.
    boolean interrupted = Thread.interrupted();
    try {
      UserServer now = known(server);
      takeDown(now);
      var failure = Json.object().put("message", message);
      html.ifPresent(text -> failure.put("html_message", text));
      database.change(tx -> {
        clear(tx, now);
        tx.servers().fail(now.id(), Json.text(failure));
      });
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          who(server) + " could not be cleaned up now; it is tried again",
          e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void takeDown(UserServer server) throws InterruptedException {
    var who = new ServerName(server.userName(), server.name());
    routes.remove(Paths.of(addresses.basePath(), server.userName(), server.name()));
    Map<String, Object> state = PlainJson.map(server.state());
    Optional<String> spawnId =
        server.work().map(UserServer.Work::spawnId).filter(id -> !id.isEmpty());
    if (spawnId.isPresent()
        && spawner.find(new SpawnRequest.Id(spawnId.get()), who) instanceof Recovered.Found found) {
      spawner.stop(found.state(), who, false);
    }
    if (!state.isEmpty()) {
      spawner.stop(state, who, false);
    }
  }

  private static void clear(Transaction tx, UserServer server) {
    tx.servers().clearAddress(server.id());
    tx.servers().setState(server.id(), Optional.of("{}"));
    forget(tx, server);
  }

  // ---- stop

  /**
   * Stops a server, and waits for its end for a short time. A start that is under way is given up.
   *
   * @param remove whether its record goes too
   */
  public Reached stop(UserServer server, boolean remove) {
    Job starting = jobs.get(server.id());
    if (starting != null && server.pending().filter(Step.SPAWN::equals).isPresent()) {
      starting.thread.interrupt();
      awaitDone(starting, CANCELLED);
    }
    Instant now = clock.instant();
    boolean ours =
        database.write(tx -> {
          UserServer current = tx.servers().byId(server.id()).orElseThrow(() -> gone(server));
          if (!current.isActive()) {
            if (remove) {
              tx.servers().delete(current.id());
            }
            return false;
          }
          Step step = remove ? Step.REMOVE : Step.STOP;
          return tx.servers().begin(current.id(), step, "", worker, now.plus(LEASE), now);
        });
    if (!ours) {
      boolean active =
          database.read(
              tx -> tx.servers().byId(server.id()).map(UserServer::isActive).orElse(false));
      return active ? Reached.PENDING : Reached.DONE;
    }
    LOG.log(System.Logger.Level.INFO, "Stopping " + who(server));
    run(server.id(), () -> finishStop(known(server), remove));
    return await(server.id(), settings.stopPatience());
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
                    LOG.log(System.Logger.Level.WARNING, who(server) + " could not be stopped", e);
                  }
                }));
  }

  private static HttpException gone(UserServer server) {
    return new HttpException(404, who(server) + " is gone");
  }

  private void finishStop(UserServer server, boolean remove) {
    HubMetrics.Timer timer = HubMetrics.timer();
    boolean well = false;
    try {
      takeDown(server);
      database.change(tx -> {
        clear(tx, server);
        tx.servers().end(server.id());
        if (remove) {
          tx.servers().delete(server.id());
        }
      });
      LOG.log(System.Logger.Level.INFO, who(server) + " has stopped");
      well = true;
      event("stop", server);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The lease runs out, and somebody tries again.
      LOG.log(System.Logger.Level.ERROR, who(server) + " could not be stopped now", e);
    } finally {
      metrics.stopped(timer, well);
    }
  }

  /** What JupyterHub's event log has, version 1 of its schema, one JSON object in a line. */
  private void event(String action, UserServer server) {
    EVENTS.log(
        System.Logger.Level.INFO,
        () ->
            Json.text(
                Json.object()
                    .put("__timestamp__", clock.instant().toString())
                    .put("__schema__", "hub.jupyter.org/server-action")
                    .put("__schema_version__", "1")
                    .put("action", action)
                    .put("username", server.userName())
                    .put("servername", server.name())));
  }

  // ---- jobs

  private void run(long id, Runnable work) {
    var job =
        new Job(() -> {
          try {
            work.run();
          } finally {
            jobs.remove(id);
          }
        });
    jobs.put(id, job);
    job.thread.start();
  }

  private Reached await(long id, Duration patience) {
    Job job = jobs.get(id);
    if (job != null && !awaitDone(job, patience)) {
      return Reached.PENDING;
    }
    return Reached.DONE;
  }

  private static boolean awaitDone(Job job, Duration limit) {
    try {
      return job.done.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private UserServer known(UserServer server) {
    return database.read(tx -> tx.servers().byId(server.id())).orElseThrow(() -> gone(server));
  }

  // ---- what is found lying

  private void beat() {
    Instant until = clock.instant().plus(LEASE);
    for (Map.Entry<Long, Job> entry : jobs.entrySet()) {
      try {
        boolean ours = database.write(tx -> tx.servers().extend(entry.getKey(), worker, until));
        if (!ours && jobs.containsKey(entry.getKey())) {
          entry.getValue().thread.interrupt();
        }
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "A lease could not be extended", e);
      }
    }
  }

  /** Takes over steps that nobody is at any more. */
  private void look() {
    Instant now = clock.instant();
    for (UserServer server : database.read(tx -> tx.servers().underWay())) {
      UserServer.Work work = server.work().orElseThrow();
      boolean abandoned =
          self.isGone(work.worker())
              || work.leaseUntil().map(until -> until.isBefore(now)).orElse(true);
      boolean ours =
          abandoned
              && database.write(
                  tx -> tx.servers().takeOver(server.id(), work, worker, now.plus(LEASE)));
      if (ours) {
        LOG.log(System.Logger.Level.INFO, "Going on with " + who(server));
        run(server.id(), () -> goOn(server));
      }
    }
  }

  private void goOn(UserServer server) {
    switch (server.work().orElseThrow().step()) {
      case SPAWN -> goOnStarting(server);
      case STOP, CHECK, RENAME -> finishStop(server, false);
      case REMOVE -> finishStop(server, true);
      case FAILED -> {}
    }
  }

  private void goOnStarting(UserServer server) {
    if (server.address().isEmpty()) {
      undo(server, "The hub was interrupted during the start; start again", Optional.empty());
      return;
    }
    try {
      finishStart(server, server.address().get());
    } catch (SpawnFailure e) {
      undo(server, e.message(), e.htmlMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Notes when the proxy last saw each server be used; servers tell it themselves, too. */
  void noteActivity() {
    Map<String, Routes.Route> table = routes.all();
    for (UserServer server : database.read(tx -> tx.servers().active())) {
      Routes.Route route =
          table.get(Paths.of(addresses.basePath(), server.userName(), server.name()));
      Optional<Instant> seen =
          Optional.ofNullable(route)
              .map(found -> found.data().path("last_activity").asString(""))
              .flatMap(ServerLifecycle::time);
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
            Job job = jobs.get(server.id());
            if (job != null) {
              awaitDone(job, LAST_STOPS);
            }
          }));
    }
  }

  /** Without the proxy's table: whoever starts the hub has it mended once there is a proxy. */
  private void pollFirst() {
    try {
      runSafely("polling servers", this::noticeEnded);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Notices servers that have ended, and mends the proxy's table. */
  private void poll() throws InterruptedException {
    noticeEnded();
    mendRoutes();
  }

  /** Stops what is left of servers that have ended. */
  private void noticeEnded() throws InterruptedException {
    List<UserServer> running =
        database.read(tx -> tx.servers().active()).stream().filter(UserServer::isReady).toList();
    for (UserServer server : running) {
      var who = new ServerName(server.userName(), server.name());
      HubMetrics.Timer timer = HubMetrics.timer();
      boolean ended = spawner.poll(PlainJson.map(server.state()), who) instanceof Poll.Stopped;
      metrics.polled(timer, !ended);
      if (ended) {
        LOG.log(System.Logger.Level.WARNING, who(server) + " has ended by itself");
        Instant now = clock.instant();
        boolean ours =
            database.write(
                tx -> tx.servers().begin(server.id(), Step.STOP, "", worker, now.plus(LEASE), now));
        if (ours) {
          run(server.id(), () -> finishStop(server, false));
        }
      }
    }
  }

  /** A server in messages: whose it is, and its name if it has one. */
  static String who(UserServer server) {
    return server.userName() + (server.name().isEmpty() ? "" : ":" + server.name());
  }

  /** Stops looking after servers; they go on, and so do steps once another hub finds them. */
  @Override
  public void close() {
    loops.forEach(Thread::interrupt);
    jobs.values().forEach(job -> awaitDone(job, Duration.ofSeconds(1)));
    probe.close();
  }
}
