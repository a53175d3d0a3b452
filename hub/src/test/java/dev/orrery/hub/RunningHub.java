package dev.orrery.hub;

import dev.orrery.config.Outcome;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.http.Json;
import dev.orrery.hub.logins.Authenticators;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.settings.HubDeclarations;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.PageSettings;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** A hub in this process, in memory, with servers that are nothing but an answer. */
final class RunningHub implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  final Database database;
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
    this(folder, new DatabaseUrl.SqliteMemory(), Clock.systemUTC(), arguments);
  }

  /** One on this database, by this clock. */
  RunningHub(Path folder, DatabaseUrl url, Clock clock, String... arguments) throws IOException {
    this(folder, Database.open(url, false), clock, List.of(arguments), named(0), pages -> pages);
  }

  /** A hub with other settings for servers and pages. */
  RunningHub(Path folder, UnaryOperator<ServerSettings> servers, UnaryOperator<PageSettings> pages)
      throws IOException {
    this(
        folder,
        Database.open(new DatabaseUrl.SqliteMemory(), false),
        Clock.systemUTC(),
        List.of(),
        servers,
        pages);
  }

  private RunningHub(
      Path folder,
      Database database,
      Clock clock,
      List<String> arguments,
      UnaryOperator<ServerSettings> servers,
      UnaryOperator<PageSettings> pages)
      throws IOException {
    this.database = database;
    Settings settings = read(folder, arguments);
    HubSettings read =
        switch (HubSettings.read(settings, Map.of(), folder)) {
          case HubSettings.Result.Ready ready -> ready.settings();
          case HubSettings.Result.Refused refused ->
              throw new IllegalArgumentException(refused.problems().toString());
        };
    var addresses =
        new HubSettings.Addresses(
            "", 0, "/", "127.0.0.1", 0, Optional.empty(), Optional.empty(), "", true);
    var complete =
        new HubSettings(
            addresses,
            read.store(),
            read.sessions(),
            read.api(),
            read.proxy(),
            read.logins(),
            read.loaded(),
            pages.apply(read.pages()));
    processes =
        new ServiceProcesses(
            LocalProcessSettings.from(settings, System.getenv(), folder.resolve("logs")));
    Authenticator dummy =
        ((Authenticators.Choice.Found) Authenticators.choose(settings, read.logins(), database))
            .authenticator();
    hub =
        new Hub(
            complete,
            servers.apply(
                SpawnSettings.read(settings, List.of("server"), SpawnSettings.LOOPBACK).servers()),
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
            (stopping, proxy) -> shutdowns.add("servers " + stopping + " proxy " + proxy),
            clock);
    hub.start();
  }

  /** What is set unless a test says otherwise; the last word counts. */
  private static final List<String> USUAL =
      List.of(
          "--JupyterHub.authenticator_class=dummy",
          "--Authenticator.allow_all=True",
          "--Authenticator.admin_users=boss",
          "--Authenticator.blocked_users=eve");

  private static Settings read(Path folder, List<String> arguments) {
    var all = new ArrayList<>(arguments);
    USUAL.stream()
        .filter(usual ->
            arguments.stream().noneMatch(given -> given.startsWith(usual.split("=", 2)[0] + "=")))
        .forEach(all::add);
    var sources = new Sources(all, Map.of(), List.of(folder), Optional.empty(), folder, true);
    return switch (new SettingsReader(HubDeclarations.all()).read(sources)) {
      case Outcome.Ready ready -> ready.settings();
      case Outcome.Refused refused ->
          throw new IllegalArgumentException(refused.problems().toString());
    };
  }

  /** Settings by which people may have so many named servers; 0 for any number. */
  static UnaryOperator<ServerSettings> named(int most) {
    return s ->
        new ServerSettings(
            s.command(),
            s.environment(),
            s.listenIp(),
            s.listenPort(),
            s.rootDir(),
            s.defaultUrl(),
            s.startTime(),
            s.answerTime(),
            s.patience(),
            s.stopPatience(),
            s.pollInterval(),
            s.mostStarting(),
            s.mostActive(),
            true,
            most,
            s.limits(),
            s.rights(),
            s.hubUrl(),
            s.trouble(),
            s.activityInterval(),
            s.removeOrphans());
  }

  /** Settings by which a start asks for what is in {@code html}. */
  static UnaryOperator<PageSettings> form(String html) {
    return p ->
        new PageSettings(
            p.vars(),
            p.logo(),
            p.stoppedStatus(),
            p.stopAtLogout(),
            p.implicitSpawn(),
            p.defaultServer(),
            html,
            p.language());
  }

  String origin() {
    return hub.connectUrl();
  }

  /** The secret of a link that makes an administrator. */
  String inviteFirstAdmin() {
    return hub.invitations().orElseThrow().inviteFirstAdmin(Duration.ofMinutes(1));
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
