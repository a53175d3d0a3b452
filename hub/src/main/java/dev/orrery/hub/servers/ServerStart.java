package dev.orrery.hub.servers;

import dev.orrery.http.Json;
import dev.orrery.http.PlainJson;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.UserServer;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.Started;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/**
 * Starts servers whose row, token and client are there: the spawner, then the address, then the
 * server answers, then its route. What fails leaves nothing behind but the reason.
 */
final class ServerStart implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ServerStart.class.getName());

  private final Database database;
  private final Spawner spawner;
  private final Routes routes;
  private final ServerSettings settings;
  private final String basePath;
  private final ClientEnvironment environment;
  private final LongFunction<String> secrets;
  private final Steps steps;
  private final ServerStop stop;
  private final HubMetrics metrics;
  private final ServerEvents events;
  private final Runnable tooManyFailed;
  private final Clock clock;
  private final Probe probe = new Probe();
  private final StartNotes notes;

  /** Starts that failed since one succeeded. */
  private final AtomicInteger failures = new AtomicInteger();

  ServerStart(
      Database database,
      Spawner spawner,
      Routes routes,
      ServerSettings settings,
      String basePath,
      ClientEnvironment environment,
      LongFunction<String> secrets,
      Steps steps,
      ServerStop stop,
      HubMetrics metrics,
      ServerEvents events,
      Runnable tooManyFailed,
      Clock clock) {
    this.database = database;
    this.spawner = spawner;
    this.routes = routes;
    this.settings = settings;
    this.basePath = basePath;
    this.environment = environment;
    this.secrets = secrets;
    this.steps = steps;
    this.stop = stop;
    this.metrics = metrics;
    this.events = events;
    this.tooManyFailed = tooManyFailed;
    this.clock = clock;
    this.notes = new StartNotes(database, steps);
  }

  /** Does the whole of a step that is ours; returns whether it went well. */
  boolean run(UserServer server, SpawnRequest.Id id, String token) {
    HubMetrics.Timer timer = HubMetrics.timer();
    try {
      Started started = spawner.start(request(server, id, token), listener(server, id.value()));
      URI url = started.url();
      var address =
          new UserServer.Address(
              url.getScheme(),
              url.getHost(),
              url.getPort(),
              Paths.of(basePath, server.userName(), server.name()));
      Instant begun = server.started().orElseGet(clock::instant);
      database.change(tx -> {
        notes.writeState(tx, server.id());
        tx.servers().setAddress(server.id(), address, begun);
      });
      notes.forget(server.id());
      finish(server, address);
      metrics.spawned(timer, "success", "");
      events.tell("start", server);
      return true;
    } catch (SpawnFailure e) {
      metrics.spawned(timer, e.status() < 500 ? "failure" : "error", e.reason());
      undo(server, e);
      failed(e.status() >= 500);
    } catch (InterruptedException e) {
      LOG.log(
          System.Logger.Level.INFO, "The start of " + ServerNames.who(server) + " was given up");
      metrics.spawned(timer, "failure", "given-up");
      undo(server, SpawnFailure.failed("hub", "The start was given up"));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "The start of " + ServerNames.who(server) + " failed", e);
      metrics.spawned(timer, "error", "error");
      undo(server, SpawnFailure.failed("hub", "Something went wrong in the hub; its log has more"));
      failed(true);
    }
    return false;
  }

  /** Goes on with a start that another hub, or this one before it was started anew, has begun. */
  void goOn(UserServer server) {
    if (server.address().isEmpty()) {
      undo(
          server,
          SpawnFailure.failed("hub", "The hub was interrupted during the start; start again"));
      return;
    }
    try {
      finish(server, server.address().get());
    } catch (SpawnFailure e) {
      undo(server, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
    String path = Paths.of(basePath, server.userName(), server.name());
    return new SpawnRequest(
        id,
        ServerNames.of(server),
        server.user(),
        settings.command(),
        environment(server, path, token),
        new SpawnRequest.Listen(settings.listenIp(), settings.listenPort(), path),
        settings.limits(),
        formatted(settings.rootDir(), server),
        formatted(settings.defaultUrl(), server),
        PlainJson.map(server.userOptions()),
        PlainJson.map(server.state()),
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

  private SpawnListener listener(UserServer server, String spawnId) {
    return new SpawnListener() {
      @Override
      public void state(Map<String, Object> state) {
        notes.forgetState(server.id());
        database.change(tx -> {
          // Who has lost the lease has no business here: the other one undoes what we made.
          if (!steps.extend(tx, server.id())) {
            throw new IllegalStateException(
                "Another hub has taken over " + ServerNames.who(server));
          }
          tx.servers().setState(server.id(), Optional.of(PlainJson.text(state)));
        });
      }

      @Override
      public void refined(Map<String, Object> state) {
        notes.state(server.id(), spawnId, PlainJson.text(state));
      }

      @Override
      public void progress(int percent, String message, Optional<String> htmlMessage) {
        var event = Json.object().put("progress", percent).put("message", message);
        htmlMessage.ifPresent(html -> event.put("html_message", html));
        notes.progress(server.id(), spawnId, Json.text(event));
      }
    };
  }

  /** From the address on: the server answers, then people are led to it. */
  private void finish(UserServer server, UserServer.Address address)
      throws InterruptedException, SpawnFailure {
    ServerName name = ServerNames.of(server);
    probe.awaitAnswer(
        URI.create(address.origin() + address.basePath() + "api"),
        settings.answerTime(),
        () -> {
          Map<String, Object> state = PlainJson.map(steps.current(server).state());
          if (spawner.poll(state, name) instanceof Poll.Stopped stopped) {
            throw ended(stopped);
          }
        });
    routes.put(address.basePath(), route(server, address));
    database.change(tx -> tx.servers().end(server.id()));
    failures.set(0);
    LOG.log(System.Logger.Level.INFO, ServerNames.who(server) + " is ready");
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
  private void undo(UserServer server, SpawnFailure why) {
    LOG.log(
        System.Logger.Level.WARNING, ServerNames.who(server) + " did not start: " + why.message());
    // The thread may be interrupted, which is why we are here; cleaning up needs to wait.
    boolean interrupted = Thread.interrupted();
    try {
      database.change(tx -> notes.writeState(tx, server.id()));
      notes.forget(server.id());
      UserServer now = steps.current(server);
      stop.takeDown(now);
      var failure = Json.object().put("message", why.message()).put("status", why.status());
      why.htmlMessage().ifPresent(text -> failure.put("html_message", text));
      database.change(tx -> {
        ServerStop.clear(tx, now, stop.kept(now));
        tx.servers().fail(now.id(), Json.text(failure));
      });
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          ServerNames.who(server) + " could not be cleaned up now; it is tried again",
          e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    probe.close();
  }
}
