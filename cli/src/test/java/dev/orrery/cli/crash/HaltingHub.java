package dev.orrery.cli.crash;

import dev.orrery.config.Outcome;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.hub.Hub;
import dev.orrery.hub.logins.Authenticators;
import dev.orrery.hub.routes.ProxyApi;
import dev.orrery.hub.routes.ProxyPlace;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.secrets.FernetKeys;
import dev.orrery.hub.settings.HubDeclarations;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.SpawnSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.spawner.local.LocalProcessSettings;
import dev.orrery.spawner.local.ServiceProcesses;
import dev.orrery.spawner.local.SimpleLocalProcessSpawner;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.Started;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A hub in a process of its own that ends, as by {@code kill -9}, at the step that a file names. It
 * is put together as {@code orrery hub} is, with real processes behind it and a real proxy before
 * it.
 */
final class HaltingHub {

  /** The file that names the step at which to end. */
  static final String HALT_AT = "halt-at";

  private static final int KILLED = 137;

  private final Path folder;

  private HaltingHub(Path folder) {
    this.folder = folder;
  }

  /** Where a hub can be when it is killed. */
  enum Point {
    BEFORE_THE_PROCESS,
    PROCESS_NOT_NOTED,
    PROCESS_NOTED,
    PROCESS_LISTENS,
    BEFORE_THE_ROUTE,
    ROUTE_THERE,
    BEFORE_THE_ROUTE_GOES,
    ROUTE_GONE,
    BEFORE_THE_PROCESS_ENDS,
    PROCESS_ENDED
  }

  private void at(Point point) {
    try {
      Path file = folder.resolve(HALT_AT);
      if (Files.exists(file) && Files.readString(file).equals(point.name())) {
        Files.delete(file);
        Runtime.getRuntime().halt(KILLED);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs until it is told to end, or halts. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    String proxyApi = arguments[1];
    String proxyToken = arguments[2];
    new HaltingHub(folder)
        .run(proxyApi, proxyToken, List.of(arguments).subList(3, arguments.length));
  }

  private void run(String proxyApi, String proxyToken, List<String> arguments)
      throws IOException, InterruptedException {
    var sources = new Sources(arguments, Map.of(), List.of(folder), Optional.empty(), folder, true);
    Settings settings =
        ((Outcome.Ready) new SettingsReader(HubDeclarations.all()).read(sources)).settings();
    HubSettings read =
        ((HubSettings.Result.Ready) HubSettings.read(settings, Map.of(), folder)).settings();
    var local = LocalProcessSettings.from(settings, System.getenv(), folder.resolve("logs"));
    var spawner =
        new SimpleLocalProcessSpawner(local, SimpleLocalProcessSpawner.homeTemplate(settings));
    try (Database database = Database.open(read.store().url(), false);
        var processes = new ServiceProcesses(local);
        var authenticator =
            ((Authenticators.Choice.Found) Authenticators.choose(settings, read.logins(), database))
                .authenticator();
        var hub =
            new Hub(
                read,
                SpawnSettings.read(settings, List.of(), SpawnSettings.LOOPBACK).servers(),
                database,
                authenticator,
                new HaltingSpawner(spawner),
                processes,
                new HaltingRoutes(
                    new ProxyApi(
                        new ProxyPlace(
                            database,
                            FernetKeys.of(List.of("0".repeat(64))),
                            URI.create(proxyApi),
                            proxyToken,
                            Clock.systemUTC()))),
                (servers, proxy) -> {},
                Clock.systemUTC())) {
      hub.start();
      hub.servers().mendRoutes();
      System.out.println("listening on " + hub.port());
      while (System.in.read() >= 0) {
        // Ends with whoever started it.
      }
    }
  }

  private final class HaltingRoutes implements Routes {

    private final Routes routes;

    HaltingRoutes(Routes routes) {
      this.routes = routes;
    }

    @Override
    public Map<String, Route> all() {
      return routes.all();
    }

    @Override
    public void put(String path, Route route) {
      at(Point.BEFORE_THE_ROUTE);
      routes.put(path, route);
      at(Point.ROUTE_THERE);
    }

    @Override
    public void remove(String path) {
      at(Point.BEFORE_THE_ROUTE_GOES);
      routes.remove(path);
      at(Point.ROUTE_GONE);
    }

    @Override
    public void move(Optional<URI> api, Optional<String> token) {
      routes.move(api, token);
    }
  }

  private final class HaltingSpawner implements Spawner {

    private final Spawner spawner;

    HaltingSpawner(Spawner spawner) {
      this.spawner = spawner;
    }

    @Override
    public Started start(SpawnRequest request, SpawnListener listener)
        throws SpawnFailure, InterruptedException {
      at(Point.BEFORE_THE_PROCESS);
      Started started =
          spawner.start(
              request,
              new SpawnListener() {
                @Override
                public void state(Map<String, Object> state) {
                  at(Point.PROCESS_NOT_NOTED);
                  listener.state(state);
                  at(Point.PROCESS_NOTED);
                }

                @Override
                public void progress(int percent, String message, Optional<String> html) {
                  listener.progress(percent, message, html);
                }
              });
      at(Point.PROCESS_LISTENS);
      return started;
    }

    @Override
    public Poll poll(Map<String, Object> state, ServerName who) throws InterruptedException {
      return spawner.poll(state, who);
    }

    @Override
    public void stop(Map<String, Object> state, ServerName who, boolean now)
        throws InterruptedException {
      at(Point.BEFORE_THE_PROCESS_ENDS);
      spawner.stop(state, who, now);
      at(Point.PROCESS_ENDED);
    }

    @Override
    public Recovered find(SpawnRequest.Id id, ServerName who) throws InterruptedException {
      return spawner.find(id, who);
    }

    @Override
    public void forget(Map<String, Object> state, ServerName who) throws InterruptedException {
      spawner.forget(state, who);
    }

    @Override
    public void close() {
      spawner.close();
    }
  }
}
