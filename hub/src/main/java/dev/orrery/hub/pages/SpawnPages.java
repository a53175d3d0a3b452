package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.MultipartForm;
import dev.orrery.http.PlainJson;
import dev.orrery.http.RawPath;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.servers.Progress;
import dev.orrery.hub.servers.ServerLifecycle;
import dev.orrery.hub.servers.ServerNames;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.UserServer;
import dev.orrery.spawner.spi.OptionsForm;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A server is started: what is chosen for it, and how far it has come. */
public final class SpawnPages {

  private static final System.Logger LOG = System.getLogger(SpawnPages.class.getName());
  private static final String OPTION = "opt-";
  private static final Set<String> NO_OPTIONS = Set.of("next", "display_name", "_xsrf");

  /** What one file of a form may hold: it is kept in the database until the next start. */
  private static final int MOST_BYTES = 256 << 10;

  private final Database database;
  private final Access access;
  private final ServerLifecycle servers;
  private final ServerSettings settings;
  private final Redirects redirects;
  private final Site site;
  private final Optional<OptionsForm> spawnersForm;
  private final Places places;

  /**
   * Starts servers by {@code servers}.
   *
   * @param spawnersForm what the spawner asks where the settings have no form
   */
  public SpawnPages(
      Database database,
      Access access,
      ServerLifecycle servers,
      ServerSettings settings,
      Redirects redirects,
      Site site,
      Optional<OptionsForm> spawnersForm) {
    this.database = database;
    this.access = access;
    this.servers = servers;
    this.settings = settings;
    this.redirects = redirects;
    this.site = site;
    // What the operator has written comes before what the spawner would ask.
    this.spawnersForm = site.settings().optionsForm().isEmpty() ? spawnersForm : Optional.empty();
    this.places = new Places(database, site.addresses());
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    for (String server : List.of("", "/{user}", "/{user}/{server}")) {
      routes.add(Routes.Kind.PAGE, "GET", "/spawn" + server, access.page(this::ask));
      routes.add(Routes.Kind.PAGE, "POST", "/spawn" + server, access.page(this::chosen));
    }
    for (String server : List.of("/{user}", "/{user}/{server}")) {
      routes.add(Routes.Kind.PAGE, "GET", "/spawn-pending" + server, access.page(this::pending));
    }
  }

  /**
   * What is asked before a start.
   *
   * @param own whether it is the server of who is asked
   * @param html fields of the operator's
   */
  record Form(String user, boolean own, String action, String xsrf, String html, String problem) {}

  private void ask(Exchange exchange, Visitor visitor) {
    Places.Place place = places.named(exchange, visitor, StandardScope.SERVERS);
    Optional<UserServer> known = places.find(place);
    if (known.map(UserServer::isReady).orElse(false)) {
      exchange.redirect(next(exchange).orElseGet(() -> places.server(place)));
      return;
    }
    if (known.flatMap(UserServer::pending).isPresent()) {
      exchange.redirect(pendingPage(exchange, place));
      return;
    }
    Optional<JsonNode> options = options(exchange.queryFields());
    boolean asks = !site.settings().optionsForm().isEmpty() || spawnersForm.isPresent();
    if (asks && options.isEmpty()) {
      if (known.isEmpty() && !place.server().isEmpty()) {
        database.read(tx -> {
          ServerNames.checkNew(
              tx,
              settings,
              place.user(),
              place.server(),
              displayName(exchange).orElse(place.server()));
          return true;
        });
      }
      form(exchange, visitor, place, 200, "");
      return;
    }
    try {
      start(exchange, place, options);
    } catch (HttpException e) {
      if (!asks) {
        throw e;
      }
      form(exchange, visitor, place, e.status(), e.message());
    }
  }

  /** What a query chooses: what begins with {@code opt-}, or all of it, as JupyterHub 5 had it. */
  private Optional<JsonNode> options(Map<String, List<String>> query) {
    var named = new LinkedHashMap<String, List<String>>();
    var bare = new LinkedHashMap<String, List<String>>();
    query.forEach((name, values) -> {
      if (name.equals(OPTION)) {
        throw new HttpException(422, "An option needs a name after " + OPTION);
      }
      if (name.startsWith(OPTION)) {
        named.put(name.substring(OPTION.length()), values);
      } else if (!NO_OPTIONS.contains(name)) {
        bare.put(name, values);
      }
    });
    if (!bare.isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Options of a start without "
              + OPTION
              + (named.isEmpty() ? " are read as JupyterHub 5 did" : " are left out"));
    }
    Map<String, List<String>> chosen = named.isEmpty() ? bare : named;
    return chosen.isEmpty() ? Optional.empty() : Optional.of(understood(chosen));
  }

  /** Fields as the spawner reads its form, or as they are. */
  private ObjectNode understood(Map<String, List<String>> fields) {
    return spawnersForm
        .map(form -> PlainJson.object(form.chosen(fields)))
        .orElseGet(() -> json(fields));
  }

  private static ObjectNode json(Map<String, List<String>> fields) {
    ObjectNode options = Json.object();
    fields.forEach((name, values) -> {
      var list = options.putArray(name);
      values.forEach(list::add);
    });
    return options;
  }

  private void form(
      Exchange exchange, Visitor visitor, Places.Place place, int status, String problem) {
    String next = next(exchange).orElse("");
    String shown = exchange.query("display_name").orElse("");
    String action = Places.then(places.page("spawn", place), next);
    var form =
        new Form(
            place.user().name(),
            place.user().name().equals(visitor.name()),
            shown.isEmpty()
                ? action
                : action
                    + (action.contains("?") ? "&" : "?")
                    + "display_name="
                    + RawPath.encodeQuery(shown),
            site.proof(exchange, visitor),
            spawnersForm
                .map(fields -> fields.html(last(place)))
                .orElse(site.settings().optionsForm()),
            problem);
    Frame frame = site.frame(exchange, visitor, "spawn");
    // The operator's form may bring scripts of its own.
    exchange.set(
        "Content-Security-Policy", Site.policy(site.addresses().hubPath(), " 'unsafe-inline'"));
    site.send(exchange, status, out -> JtespawnGenerated.render(out, Site.NOBODY, frame, form));
  }

  /** What was chosen for the last start. */
  private Map<String, Object> last(Places.Place place) {
    return places.find(place).map(server -> PlainJson.map(server.userOptions())).orElse(Map.of());
  }

  private void chosen(Exchange exchange, Visitor visitor) throws IOException {
    ObjectNode options;
    Optional<String> proof;
    if (MultipartForm.isSent(exchange)) {
      MultipartForm sent = MultipartForm.read(exchange);
      options = understood(sent.fields());
      sent.files().forEach((name, files) -> options.set(name + "_file", files(files)));
      proof = Optional.ofNullable(sent.fields().get("_xsrf")).map(List::getFirst);
    } else {
      Map<String, List<String>> fields = exchange.formFields();
      options = understood(fields);
      proof = Optional.ofNullable(fields.get("_xsrf")).map(List::getFirst);
    }
    access.checkForm(exchange, Optional.of(visitor), proof);
    NO_OPTIONS.forEach(options::remove);
    Places.Place place = places.named(exchange, visitor, StandardScope.SERVERS);
    places
        .find(place)
        .filter(UserServer::isActive)
        .ifPresent(_ -> {
          throw new HttpException(400, "This server runs already, or is about to");
        });
    try {
      start(exchange, place, Optional.of(options));
    } catch (HttpException e) {
      form(exchange, visitor, place, e.status(), e.message());
    }
  }

  /** Files as JSON can hold them. */
  private static JsonNode files(List<MultipartForm.Sent> files) {
    var list = Json.array();
    for (MultipartForm.Sent file : files) {
      if (file.bytes().length > MOST_BYTES) {
        throw new HttpException(
            413,
            file.name() + " is larger than " + (MOST_BYTES >> 10) + " KB, the most for a file");
      }
      list.add(
          Json.object()
              .put("filename", file.name())
              .put("content_type", file.type())
              .put("body", Base64.getEncoder().encodeToString(file.bytes())));
    }
    return list;
  }

  private void start(Exchange exchange, Places.Place place, Optional<JsonNode> options) {
    servers.start(_ -> place.user(), place.server(), options, displayName(exchange));
    exchange.redirect(
        places.find(place).map(UserServer::isReady).orElse(false)
            ? next(exchange).orElseGet(() -> places.server(place))
            : pendingPage(exchange, place));
  }

  /** What a new server is called; links have it escaped twice. */
  private static Optional<String> displayName(Exchange exchange) {
    return exchange
        .query("display_name")
        .map(text -> {
          String name;
          try {
            name = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
          } catch (IllegalArgumentException e) {
            throw new HttpException(400, "display_name has an escape that can't be read");
          }
          if (!ServerNames.isDisplayName(name)) {
            throw new HttpException(
                400,
                "Invalid display_name: 1 to 255 letters, digits, signs, and single spaces between"
                    + " them");
          }
          return name;
        });
  }

  private Optional<String> next(Exchange exchange) {
    return exchange.query("next").filter(next -> !next.isEmpty()).map(next -> redirects.safe(next));
  }

  private String pendingPage(Exchange exchange, Places.Place place) {
    return Places.then(places.page("spawn-pending", place), next(exchange).orElse(""));
  }

  private void pending(Exchange exchange, Visitor visitor) {
    Places.Place place = places.named(exchange, visitor, StandardScope.READ_SERVERS);
    UserServer server = places.find(place).orElseThrow(Places::nothing);
    if (server.isReady()) {
      exchange.redirect(next(exchange).orElseGet(() -> places.server(place)));
      return;
    }
    Frame frame = site.frame(exchange, visitor, "spawn");
    switch (Places.state(Optional.of(server))) {
      case STARTING -> {
        String proof = site.proof(exchange, visitor);
        String events =
            Paths.progress(site.addresses().hubPath(), place.user().name(), place.server())
                + "?_xsrf="
                + proof;
        site.send(
            exchange,
            200,
            out ->
                JtependingGenerated.render(
                    out, Site.NOBODY, frame, place.user().name(), place.server(), events, proof));
      }
      case STOPPING ->
          site.send(exchange, 200, out -> JtestoppingGenerated.render(out, Site.NOBODY, frame));
      case STOPPED, READY -> {
        Optional<String> why =
            Progress.failure(server).map(failure -> failure.path("message").asString(""));
        String start = Places.then(places.page("spawn", place), next(exchange).orElse(""));
        site.send(
            exchange,
            why.isPresent() ? 500 : 200,
            out ->
                JtestoppedGenerated.render(
                    out,
                    Site.NOBODY,
                    frame,
                    why.orElseGet(() -> UserPages.stopped(frame, visitor, place)),
                    why.isPresent(),
                    start,
                    ""));
      }
    }
  }
}
