package dev.orrery.server;

import static dev.orrery.server.TestNotebookServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The real JupyterLab and ours, on the same folders, are asked the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabLikeUpstreamTest {

  /** What is ours, or a matter of where a server runs. */
  private static final Set<String> OTHERWISE =
      Set.of(
          // Not served by the makers' servers, and nothing is built.
          "buildAvailable",
          "buildCheck",
          "mathjaxConfig",
          "fullMathjaxUrl",
          // The kernels' folder of language servers, and what is cached how.
          "virtualDocumentsUri",
          "cacheFiles",
          "extensionManager",
          "labextensionsPath",
          "untracked_message_types",
          "store_id",
          "news",
          "federated_extensions");

  @TempDir(cleanup = CleanupMode.ALWAYS)
  static @Nullable Path temp;

  private @Nullable RealLab real;
  private @Nullable TestNotebookServer ours;

  @BeforeAll
  void start() throws IOException {
    Path environment = RealLab.environment();
    Path home = Objects.requireNonNull(temp).toRealPath();
    Path app = home.resolve("app");
    Path lab = environment.resolve("share/jupyter/lab");
    Files.createDirectories(app.resolve("static"));
    Files.createSymbolicLink(app.resolve("schemas"), lab.resolve("schemas"));
    Files.createSymbolicLink(app.resolve("themes"), lab.resolve("themes"));
    Files.copy(lab.resolve("static/index.html"), app.resolve("static/index.html"));
    configure(home, app, lab);
    extensions(home.resolve("share/jupyter/labextensions"));
    languages(home.resolve("environment/lib/python3.11/site-packages"));
    var variables =
        Map.of(
            "XDG_DATA_HOME",
            home.resolve("share").toString(),
            "JUPYTER_CONFIG_PATH",
            home.resolve("site").toString(),
            "VIRTUAL_ENV",
            home.resolve("environment").toString(),
            "PYTHONPATH",
            home.resolve("environment/lib/python3.11/site-packages").toString(),
            "LC_ALL",
            "C.UTF-8");
    String[] arguments = {
      "--LabApp.app_dir=" + app, "--LabServerApp.extra_labextensions_path=" + home.resolve("extra")
    };
    ours = TestNotebookServer.startWith(home, variables, arguments);
    var real = new ArrayList<>(List.of(arguments));
    real.add("--LabApp.extension_manager=readonly");
    this.real = RealLab.start(home, variables, real.toArray(String[]::new));
  }

  @AfterAll
  void stop() {
    if (ours != null) {
      ours.close();
    }
    if (real != null) {
      real.close();
    }
  }

  private static void configure(Path home, Path app, Path lab) throws IOException {
    String description = Files.readString(lab.resolve("static/package.json"));
    var json = (ObjectNode) Json.parse(description);
    ((ObjectNode) json.path("jupyterlab"))
        .set(
            "extensionMetadata",
            Json.parse(
                """
                {"built-in": {"disabledExtensions": ["@built/off", "@built/on-again"]},
                 "off-itself": {"disabledExtensions": ["@never/off"]}}
                """));
    write(app.resolve("static/package.json"), Json.text(json));
    write(
        app.resolve("settings/page_config.json5"),
        """
        {appName: 'Solar', // a comment
         disabledExtensions: ['app-off', 'app-on-again'], deferredExtensions: ['later'],
         lockedExtensions: {one: true, two: false}, nested: {a: {b: 1}, c: 0}}
        """);
    write(app.resolve("settings/page_config.json"), "{\"never\": 1}");
    write(
        home.resolve(".jupyter/labconfig/page_config.json"),
        """
        {"disabledExtensions": {"user-off": true, "app-on-again": false, "@built/on-again": false,
                                "off-itself": true, "part-off": false, "@x/off": true},
         "lockedExtensions": {"@locked/extension": true, "@part/locked:plugin": true, "one": null},
         "quitButton": "user", "own": "user", "serverRoot": "elsewhere", "baseUrl": "/elsewhere/",
         "nothing": null, "empty": {}}
        """);
    write(
        home.resolve(".jupyter/labconfig/page_config.d/a.json"),
        "{\"disabledExtensions\": {\"part-off\": true, \"part-off-2\": true}, \"part\": 1, \"own\": 2}");
    write(
        home.resolve("site/labconfig/page_config.json"),
        "{\"quitButton\": \"site\", \"disabledExtensions\": {\"site-off\": true}}");
    write(home.resolve("site/labconfig/page_config.d/broken.json"), "{");
  }

  private static void extensions(Path folder) throws IOException {
    extension(
        folder.resolve("plain"),
        """
        {"name": "plain", "version": "1.0.0rc2", "description": "A plain one",
         "homepage": "https://example.com/home", "author": {"name": "Ada"},
         "repository": {"type": "git", "url": "https://example.com/git"},
         "jupyterlab": {"discovery": {"server": {"base": {"name": "plain"}}},
           "disabledExtensions": ["@plain/off", "@x/off"],
           "_build": {"load": "static/remoteEntry.1.js", "extension": "./extension", "style": "./style"}}}
        """);
    write(
        folder.resolve("plain/install.json"),
        "{\"packageManager\": \"python\", \"packageName\": \"plain\"}");
    write(
        folder.resolve("plain/themes/plain/index.css"),
        "a { background: url('images/a.png'); }\\nb { background: url('/b.png'); }\\n"
            + "c { background: url('data:image/png;base64,AA'); }\\nd { background: url(d.png); }");
    write(folder.resolve("plain/themes/plain/images/a.png"), "picture");
    extension(
        folder.resolve("@x/off"),
        """
        {"name": "@x/off", "version": "2.0.0", "jupyterlab": {"disabledExtensions": ["@never/off-either"],
           "_build": {"load": "static/remoteEntry.2.js", "extension": "./extension", "mimeExtension": "./mime",
                      "entrypoints": ["a"]}}}
        """);
    extension(
        folder.resolve("unbuilt"),
        "{\"name\": \"unbuilt\", \"version\": \"1\", \"jupyterlab\": {}}");
  }

  /** A pack, a package with translations of its own, and one that names what is not there. */
  private static void languages(Path site) throws IOException {
    pack(site, "fr_FR");
    pack(site, "de_DE");
    String own =
        "{\"\": {\"domain\": \"own\", \"version\": \"%s\"}, \"Save\": [\"%s\"], \"%s\": [\"x\"]}";
    Path french = site.resolve("pack_fr_FR/locale/fr_FR/LC_MESSAGES");
    write(french.resolve("own.json"), own.formatted("1.2", "Sauver", "pack"));
    write(
        french.resolve("same.json"), own.formatted("1.2", "Sauver", "pack").replace("own", "same"));
    write(
        site.resolve("own/locale/fr_fr/LC_MESSAGES/own.json"),
        own.formatted("1.10", "Enregistrer", "package"));
    write(
        site.resolve("same/locale/fr_FR/LC_MESSAGES/same.json"),
        own.formatted("1.2", "Enregistrer", "package").replace("own", "same"));
    write(site.resolve("more/locale/fr_FR/LC_MESSAGES/more.json"), "{\"Open\": [\"Ouvrir\"]}");
    for (String name : List.of("own", "same", "more")) {
      write(site.resolve(name + "/__init__.py"), "");
      write(
          site.resolve(name + "-1.0.dist-info/entry_points.txt"),
          "[console_scripts]\nx = nope:main\n[jupyterlab.locale]\n" + name + " = " + name + "\n");
      write(site.resolve(name + "-1.0.dist-info/METADATA"), "Name: " + name + "\n");
    }
  }

  private static void pack(Path site, String locale) throws IOException {
    String name = "pack_" + locale;
    write(site.resolve(name + "/__init__.py"), "");
    write(
        site.resolve(name + "/locale/" + locale + "/LC_MESSAGES/jupyterlab.json"),
        "{\"\": {\"domain\": \"jupyterlab\", \"language\": \""
            + locale
            + "\"}, \"File\": [\"Datei\"]}");
    write(
        site.resolve(name + "-1.0.dist-info/entry_points.txt"),
        "[jupyterlab.languagepack]\n" + locale + " = " + name + "\n");
    write(site.resolve(name + "-1.0.dist-info/METADATA"), "Name: " + name + "\n");
  }

  private static void extension(Path folder, String description) throws IOException {
    write(folder.resolve("package.json"), description);
  }

  private Answer ask(boolean theirs, String method, String path, String body) throws IOException {
    return theirs
        ? Objects.requireNonNull(real).ask(method, path, body)
        : Objects.requireNonNull(ours).ask(method, path, body);
  }

  private JsonNode page(boolean theirs) throws IOException {
    String page = ask(theirs, "GET", "/lab", "").body();
    int start = page.indexOf("application/json\">") + "application/json\">".length();
    return Json.parse(page.substring(start, page.indexOf("</script>", start)));
  }

  @Test
  void thePageIsConfiguredByTheSameFilesInTheSameOrder() throws IOException {
    var theirs = new TreeMap<String, JsonNode>();
    page(true).properties().forEach(entry -> theirs.put(entry.getKey(), entry.getValue()));
    theirs.keySet().removeAll(OTHERWISE);
    JsonNode config = page(false);
    var same = new TreeMap<String, JsonNode>();
    theirs.keySet().forEach(key -> same.put(key, config.path(key)));
    ((ArrayNode) config.path("disabledExtensions"))
        .removeIf(name -> name.asString().endsWith("-extension:announcements"));
    assertThat(same).isEqualTo(theirs);
    assertThat(config.has("never") || config.has("nothing") || config.has("empty")).isFalse();
    assertThat(config.path("appName").asString()).isEqualTo("Solar");
  }

  @Test
  void theSameExtensionsAreLoaded() throws IOException {
    assertThat(federated(false)).isEqualTo(federated(true)).hasSize(2);
  }

  private Map<String, JsonNode> federated(boolean theirs) throws IOException {
    var found = new TreeMap<String, JsonNode>();
    page(theirs)
        .path("federated_extensions")
        .forEach(one -> found.put(one.path("name").asString(), one));
    // This one is in the environment of the real one.
    found.remove("jupyterlab_pygments");
    return found;
  }

  private void sameAnswers(String method, String path, String body) throws IOException {
    Answer theirs = ask(true, method, path, body);
    Answer answer = ask(false, method, path, body);
    assertThat(answer.status()).as(path).isEqualTo(theirs.status());
    assertThat(answer.json()).as(path + " " + body).isEqualTo(theirs.json());
  }

  @Test
  void pluginsAreLockedAlike() throws IOException {
    assertThat(rules(false))
        .containsExactlyInAnyOrder("one", "@locked/extension", "@part/locked:plugin");
    assertThat(rules(true)).as("of the application's file it knows nothing").hasSize(2);
    for (String name :
        List.of(
            "@locked/extension",
            "@locked/extension:plugin",
            "@part/locked",
            "@part/locked:plugin")) {
      for (String command : List.of("enable", "disable")) {
        sameAnswers(
            "POST",
            "/lab/api/plugins",
            "{\"cmd\": \"" + command + "\", \"plugin_name\": \"" + name + "\"}");
      }
    }
    for (String bad :
        List.of(
            "{\"cmd\": \"burn\", \"plugin_name\": \"x\"}",
            "{\"cmd\": \"enable\", \"plugin_name\": \"\"}")) {
      assertThat(ask(true, "POST", "/lab/api/plugins", bad).status()).isEqualTo(422);
      assertThat(ask(false, "POST", "/lab/api/plugins", bad).status()).isEqualTo(422);
    }
  }

  private List<String> rules(boolean theirs) throws IOException {
    JsonNode locks = ask(theirs, "GET", "/lab/api/plugins", "").json();
    assertThat(locks.path("allLocked").asBoolean(true)).isFalse();
    return locks.path("lockRules").valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void extensionsAreListedAlike() throws IOException {
    Map<String, ObjectNode> theirs = listed(true);
    // Without a build there is nothing to load; the real one lists it.
    theirs.remove("unbuilt");
    assertThat(listed(false)).isEqualTo(theirs).containsOnlyKeys("plain", "@x/off");
    assertThat(
            Objects.requireNonNull(theirs.get("plain"))
                .path("install")
                .path("packageName")
                .asString())
        .isEqualTo("plain");
    assertThat(Objects.requireNonNull(theirs.get("@x/off")).path("enabled").asBoolean(true))
        .isFalse();
  }

  private Map<String, ObjectNode> listed(boolean theirs) throws IOException {
    Answer answer = ask(theirs, "GET", "/lab/api/extensions?refresh=1&page=1&per_page=3", "");
    assertThat(answer.header("Link").replaceAll("http://[^/]*", ""))
        .isEqualTo(
            "</lab/api/extensions?page=1&per_page=3>; rel=\"last\", </lab/api/extensions?page=1&per_page=3>; rel=\"first\"");
    var found = new TreeMap<String, ObjectNode>();
    for (JsonNode one : answer.json()) {
      var item = (ObjectNode) one;
      // The real one leaves these out of what it reads; the newest version only PyPI knows.
      item.remove(List.of("author", "license", "bug_tracker_url", "latest_version"));
      found.put(item.path("name").asString(), item);
    }
    found.remove("jupyterlab_pygments");
    return found;
  }

  @Test
  void themesOfExtensionsAreServedAlike() throws IOException {
    String sheet = "/lab/api/themes/plain/index.css";
    assertThat(ask(false, "GET", sheet, "").body())
        .isEqualTo(ask(true, "GET", sheet, "").body())
        .contains("url('/lab/api/themes/plain/images/a.png')");
    for (String path :
        List.of(
            "/lab/api/themes/plain/images/a.png",
            "/lab/api/themes/plain/nope.css",
            "/lab/api/themes/@jupyterlab/theme-dark-extension/index.css")) {
      Answer theirs = ask(true, "GET", path, "");
      Answer answer = ask(false, "GET", path, "");
      assertThat(answer.status()).as(path).isEqualTo(theirs.status());
      if (theirs.status() == 200) {
        assertThat(answer.body()).as(path).isEqualTo(theirs.body());
      }
    }
  }

  @Test
  void languagesAreFoundAndTranslatedAlike() throws IOException {
    sameAnswers("GET", "/lab/api/translations/", "");
    sameAnswers("GET", "/lab/api/translations", "");
    for (String locale : List.of("fr_FR", "de_DE", "it_IT", "xx_YY", "fr_fr", "nonsense")) {
      sameAnswers("GET", "/lab/api/translations/" + locale, "");
    }
    JsonNode french = ask(false, "GET", "/lab/api/translations/fr_FR", "").json().path("data");
    assertThat(french.propertyNames())
        .containsExactlyInAnyOrder("jupyterlab", "own", "same", "more");
    assertThat(french.path("own").path("Save").path(0).asString()).isEqualTo("Enregistrer");
    assertThat(french.path("same").path("Save").path(0).asString()).isEqualTo("Sauver");
  }

  @Test
  void addressesBelowLabAreThePage() throws IOException {
    for (String path : List.of("/lab/nope", "/lab/nope/more", "/lab/tree/a")) {
      assertThat(notFound(false, path)).as(path).isEqualTo(notFound(true, path));
    }
    assertThat(notFound(false, "/lab/nope")).isEqualTo("/lab/nope");
    assertThat(ask(false, "GET", "/lab/api/nope", "").status()).isEqualTo(404);
    assertThat(ask(false, "GET", "/lab/", "").header("Location")).isEqualTo("/lab");
    assertThat(ask(false, "GET", "/doc/nope", "").status()).isEqualTo(404);
  }

  private String notFound(boolean theirs, String path) throws IOException {
    String page = ask(theirs, "GET", path, "").body();
    int start = page.indexOf("application/json\">") + "application/json\">".length();
    return Json.parse(page.substring(start, page.indexOf("</script>", start)))
        .path("notFoundUrl")
        .asString("");
  }
}
