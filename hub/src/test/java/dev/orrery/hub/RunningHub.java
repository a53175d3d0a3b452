package dev.orrery.hub;

import dev.orrery.config.Outcome;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.http.Json;
import dev.orrery.hub.logins.Authenticators;
import dev.orrery.hub.logins.pam.PamSettings;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.settings.HubDeclarations;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.settings.SpawnSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseUrl;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.NewToken;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import dev.orrery.hub.users.People;
import dev.orrery.spawner.local.LocalProcessSettings;
import dev.orrery.spawner.local.ServiceProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import tools.jackson.databind.JsonNode;

/** A hub in this process, in memory, with servers that are nothing but an answer. */
final class RunningHub implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  final Database database = Database.open(new DatabaseUrl.SqliteMemory(), false);
  final AnsweringSpawner spawner = new AnsweringSpawner();
  final Map<String, Routes.Route> routes = new ConcurrentHashMap<>();
  private final ServiceProcesses processes;

  /** To which proxies the hub was told to go. */
  final List<String> moves = new CopyOnWriteArrayList<>();

  /** How the hub was told to end. */
  final BlockingQueue<String> shutdowns = new LinkedBlockingQueue<>();

  private final Hub hub;

  /** One with these arguments, as after the command. */
  RunningHub(Path folder, String... arguments) throws IOException {
    Settings settings = read(folder, List.of(arguments));
    HubSettings read =
        switch (HubSettings.read(settings, Map.of(), folder)) {
          case HubSettings.Result.Ready ready -> ready.settings();
          case HubSettings.Result.Refused refused ->
              throw new IllegalArgumentException(refused.problems().toString());
        };
    var addresses =
        new HubSettings.Addresses(
            "", 0, "/", "127.0.0.1", 0, Optional.empty(), Optional.empty(), "", true);
    var logins =
        new HubSettings.Logins(
            "dummy",
            true,
            false,
            Set.of(),
            Set.of("boss"),
            Set.of("eve"),
            "",
            Map.of(),
            "",
            "",
            "");
    var complete =
        new HubSettings(
            addresses,
            read.store(),
            read.sessions(),
            read.api(),
            read.proxy(),
            logins,
            read.loaded());
    processes =
        new ServiceProcesses(
            LocalProcessSettings.from(settings, System.getenv(), folder.resolve("logs")));
    Authenticator dummy =
        ((Authenticators.Choice.Found) Authenticators.choose(logins, PamSettings.from(settings)))
            .authenticator();
    hub =
        new Hub(
            complete,
            withNames(SpawnSettings.read(settings, List.of("server")).servers()),
            database,
            dummy,
            spawner,
            processes,
            new Routes() {
              @Override
              public Map<String, Route> all() {
                return Map.copyOf(routes);
              }

              @Override
              public void put(String path, Route route) {
                // A proxy tells whose routes are whose by what the hub sends with them.
                routes.put(path, new Route(route.target(), route.data().put("jupyterhub", true)));
              }

              @Override
              public void remove(String path) {
                routes.remove(path);
              }

              @Override
              public void move(Optional<URI> api, Optional<String> token) {
                moves.add(api + " " + token);
              }
            },
            (servers, proxy) -> shutdowns.add("servers " + servers + " proxy " + proxy),
            Clock.systemUTC());
    hub.start();
  }

  private static Settings read(Path folder, List<String> arguments) {
    var sources = new Sources(arguments, Map.of(), List.of(folder), Optional.empty(), folder, true);
    return switch (new SettingsReader(HubDeclarations.all()).read(sources)) {
      case Outcome.Ready ready -> ready.settings();
      case Outcome.Refused refused ->
          throw new IllegalArgumentException(refused.problems().toString());
    };
  }

  /** The same where people may have several servers. */
  private static ServerSettings withNames(ServerSettings usual) {
    return new ServerSettings(
        usual.command(),
        usual.environment(),
        usual.listenIp(),
        usual.listenPort(),
        usual.rootDir(),
        usual.defaultUrl(),
        usual.startTime(),
        usual.answerTime(),
        usual.patience(),
        usual.pollInterval(),
        usual.mostStarting(),
        usual.mostActive(),
        true,
        0);
  }

  String origin() {
    return hub.connectUrl();
  }

  void mendRoutes() {
    hub.servers().mendRoutes();
  }

  /** A person with a token of these scopes. */
  String token(String name, boolean admin, String... scopes) {
    String token = TokenHash.newToken();
    database.change(tx -> {
      User user =
          tx.users().find(name).orElseGet(() -> new People(Clock.systemUTC()).add(tx, name, admin));
      tx.tokens()
          .create(
              new NewToken(
                  Holder.USER,
                  user.id(),
                  TokenHash.ofOurs(token),
                  TokenHash.prefix(token),
                  "jupyterhub",
                  "",
                  Optional.empty(),
                  "",
                  List.of(scopes)),
              Clock.systemUTC().instant());
    });
    return token;
  }

  record Answer(int status, String body, HttpHeaders headers) {
    JsonNode json() {
      return Json.parse(body);
    }
  }

  /** Asks with a token. */
  Answer ask(String token, String method, String path, String body) {
    try (var client = HttpClient.newHttpClient()) {
      return send(
          client,
          HttpRequest.newBuilder(URI.create(origin() + path))
              .header("Authorization", "token " + token)
              .timeout(LIMIT)
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build());
    }
  }

  static Answer send(HttpClient client, HttpRequest request) {
    try {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), answer.body(), answer.headers());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    hub.close();
    processes.close();
    spawner.close();
    database.close();
  }
}
