package dev.orrery.server;

import static dev.orrery.server.TestNotebookServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Prebuilt extensions and plugins: what is listed, switched and locked. */
class LabExtensionsTest {

  private static final String PLUGINS = "/lab/api/plugins";
  private static final String EXTENSIONS = "/lab/api/extensions";

  @TempDir(cleanup = CleanupMode.ALWAYS)
  @Nullable Path temp;

  private @Nullable TestNotebookServer running;

  @BeforeEach
  void makeEnvironment() throws IOException {
    Files.createDirectories(home().resolve("environment"));
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
  }

  private Path home() throws IOException {
    return Objects.requireNonNull(temp).toRealPath();
  }

  private TestNotebookServer server(String... arguments) throws IOException {
    if (running == null) {
      var variables = Map.of("VIRTUAL_ENV", home().resolve("environment").toString());
      running = TestNotebookServer.startWith(home(), variables, arguments);
    }
    return running;
  }

  private Path environmentConfig() throws IOException {
    return home().resolve("environment/etc/jupyter/labconfig/page_config.json");
  }

  private Path userConfig() throws IOException {
    return home().resolve(".jupyter/labconfig/page_config.json");
  }

  private Answer change(String path, String body) throws IOException {
    return server().ask("POST", path, body.replace('\'', '"'));
  }

  private JsonNode page(String path) throws IOException {
    String page = server().ask("GET", path).body();
    return Json.parse(
        page.replaceFirst("(?s).*?<script[^>]*>", "").replaceFirst("(?s)</script>.*", ""));
  }

  private List<String> disabled() throws IOException {
    return page("/lab").path("disabledExtensions").valueStream().map(JsonNode::asString).toList();
  }

  private void extension(String name, String metadata) throws IOException {
    write(
        home().resolve("environment/share/jupyter/labextensions/" + name + "/package.json"),
        "{\"name\": \""
            + name
            + "\", \"version\": \"1.0\", \"description\": \"It is "
            + name
            + ".\", \"jupyterlab\": {"
            + metadata
            + "\"_build\": {\"load\": \"static/remoteEntry.js\", \"extension\": \"./extension\"}}}");
  }

  @Test
  void aPluginIsDisabledInTheEnvironmentAndEnabledAgain() throws IOException {
    write(environmentConfig(), "{\"own\": 1.10, \"disabledExtensions\": [\"other\"]}");
    Answer done = change(PLUGINS, "{'cmd': 'disable', 'plugin_name': '@a/b:c'}");
    assertThat(done.status()).isEqualTo(201);
    assertThat(done.json())
        .isEqualTo(
            Json.parse("{\"status\":\"ok\",\"message\":null,\"needs_restart\":[\"frontend\"]}"));
    assertThat(disabled()).contains("@a/b:c", "other");
    assertThat(Json.parse(Files.readString(environmentConfig())))
        .isEqualTo(
            Json.parse("{\"own\":1.10,\"disabledExtensions\":{\"other\":true,\"@a/b:c\":true}}"));
    assertThat(change(EXTENSIONS, "{'cmd': 'enable', 'extension_name': '@a/b:c'}").status())
        .isEqualTo(201);
    assertThat(disabled()).contains("other").doesNotContain("@a/b:c");
  }

  @Test
  void aSwitchThatWouldNotCountIsRefused() throws IOException {
    write(userConfig(), "{\"disabledExtensions\": {\"@a/b:c\": true}}");
    Answer refused = change(PLUGINS, "{'cmd': 'enable', 'plugin_name': '@a/b:c'}");
    assertThat(refused.status()).isEqualTo(500);
    assertThat(refused.json().path("status").asString()).isEqualTo("error");
    assertThat(refused.message())
        .contains("'@a/b:c'")
        .contains(userConfig().resolveSibling("").toString());
    assertThat(environmentConfig()).doesNotExist();
    assertThat(disabled()).contains("@a/b:c");
  }

  @Test
  void theLevelSaysWhereASwitchIsKept() throws IOException {
    write(userConfig(), "{\"disabledExtensions\": {\"@a/b:c\": true}}");
    server("--PluginManager.level=user");
    assertThat(change(PLUGINS, "{'cmd': 'enable', 'plugin_name': '@a/b:c'}").status())
        .isEqualTo(201);
    assertThat(environmentConfig()).doesNotExist();
    assertThat(disabled()).doesNotContain("@a/b:c");
  }

  @Test
  void lockedPluginsStayAsTheyAre() throws IOException {
    write(userConfig(), "{\"lockedExtensions\": [\"@a/b\", \"@c/d:e\"]}");
    for (String name : List.of("@a/b", "@a/b:c", "@c/d", "@c/d:e")) {
      for (String path : List.of(PLUGINS, EXTENSIONS)) {
        String field = path.equals(PLUGINS) ? "plugin_name" : "extension_name";
        Answer refused = change(path, "{'cmd': 'disable', '" + field + "': '" + name + "'}");
        assertThat(refused.status()).as(name).isEqualTo(500);
        assertThat(refused.message()).contains("locked").contains(name);
      }
    }
    assertThat(change(PLUGINS, "{'cmd': 'disable', 'plugin_name': '@c/d:f'}").status())
        .isEqualTo(201);
    assertThat(disabled()).contains("@c/d:f").doesNotContain("@a/b");
  }

  @Test
  void allPluginsCanBeLocked() throws IOException {
    server("--LabApp.lock_all_plugins=True");
    assertThat(server().ask("GET", PLUGINS).json())
        .isEqualTo(Json.parse("{\"lockRules\":[],\"allLocked\":true}"));
    assertThat(change(PLUGINS, "{'cmd': 'disable', 'plugin_name': 'x'}").status()).isEqualTo(500);
    assertThat(environmentConfig()).doesNotExist();
  }

  @Test
  void aFileThatCannotBeReadIsNotReplaced() throws IOException {
    write(environmentConfig(), "{\"disabledExtensions\":");
    Answer refused = change(PLUGINS, "{'cmd': 'disable', 'plugin_name': 'x'}");
    assertThat(refused.status()).isEqualTo(500);
    assertThat(refused.message())
        .contains(environmentConfig().toString())
        .contains("not JSON in line 1");
    assertThat(environmentConfig()).hasContent("{\"disabledExtensions\":");
  }

  @Test
  void whatIsNoSwitchIsRefusedWithTheRule() throws IOException {
    for (String bad :
        List.of(
            "{}",
            "{'cmd': 'disable'}",
            "{'cmd': 'disable', 'plugin_name': ''}",
            "{'cmd': 'disable', 'plugin_name': 5}",
            "{'cmd': 'disable', 'plugin_name': '" + "x".repeat(501) + "'}",
            "{'cmd': 'burn', 'plugin_name': 'x'}",
            "{'cmd': 'install', 'plugin_name': 'x'}")) {
      Answer refused = change(PLUGINS, bad);
      assertThat(refused.status()).as(bad).isEqualTo(422);
      assertThat(refused.message()).contains("enable or disable");
    }
    assertThat(change(PLUGINS, "[]").status()).isEqualTo(400);
    for (String command : List.of("install", "uninstall")) {
      Answer refused = change(EXTENSIONS, "{'cmd': '" + command + "', 'extension_name': 'x'}");
      assertThat(refused.status()).isEqualTo(422);
      assertThat(refused.message()).contains("pip");
    }
  }

  @Test
  void extensionsThatAreSearchedForComeInPages() throws IOException {
    for (int i = 1; i <= 5; i++) {
      extension("@many/number-" + i, "");
    }
    extension("other", "");
    assertThat(server().ask("GET", EXTENSIONS + "?per_page=2&page=2").json().size()).isEqualTo(6);
    Answer page = server().ask("GET", EXTENSIONS + "?query=Number%20&per_page=2&page=2");
    assertThat(page.json().size()).isZero();
    page = server().ask("GET", EXTENSIONS + "?query=Number&per_page=2&page=2");
    assertThat(page.json().findValuesAsString("name"))
        .containsExactly("@many/number-3", "@many/number-4");
    String here = "<" + server().origin() + EXTENSIONS + "?page=";
    assertThat(page.header("Link").split(", "))
        .containsExactly(
            here + "3&per_page=2&query=Number>; rel=\"last\"",
            here + "1&per_page=2&query=Number>; rel=\"prev\"",
            here + "3&per_page=2&query=Number>; rel=\"next\"",
            here + "1&per_page=2&query=Number>; rel=\"first\"");
    assertThat(server().ask("GET", EXTENSIONS + "?query=x&page=1&per_page=9999").status())
        .isEqualTo(200);
    assertThat(server().ask("GET", EXTENSIONS + "?query=number&page=99").json().size()).isZero();
    for (String bad : List.of("page=x", "per_page=1e3", "page=99999999999")) {
      assertThat(server().ask("GET", EXTENSIONS + "?" + bad).status()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void collaborationIsLeftOutWithASentence() throws IOException {
    extension("@jupyter/collaboration-extension", "");
    extension(
        "@jupyter/docprovider-extension",
        "\"disabledExtensions\": [\"@jupyterlab/filebrowser-extension:defaultFileBrowser\"],");
    extension("fine", "");
    write(userConfig(), "{\"disabledExtensions\": {\"@jupyter/docprovider-extension\": false}}");
    try (var log = new LogOf("dev.orrery.server.lab.PageConfig")) {
      for (String path : List.of("/lab", "/tree", "/lab")) {
        JsonNode config = page(path);
        assertThat(config.path("federated_extensions").findValuesAsString("name"))
            .containsExactly("fine");
        assertThat(config.path("disabledExtensions").valueStream().map(JsonNode::asString))
            .contains("@jupyter/docprovider-extension", "@jupyter/collaboration-extension")
            .doesNotContain("@jupyterlab/filebrowser-extension:defaultFileBrowser");
      }
      assertThat(log.lines())
          .hasSize(2)
          .allMatch(line -> line.contains("is not loaded") && line.contains("@jupyter/"));
    }
    for (JsonNode item : server().ask("GET", EXTENSIONS + "?query=@jupyter/").json()) {
      assertThat(item.path("enabled").asBoolean(true)).isFalse();
      assertThat(item.path("status").asString()).isEqualTo("warning");
      assertThat(item.path("description").asString())
          .contains("Not loaded")
          .startsWith("It is @jupyter/");
    }
  }

  @Test
  void brokenExtensionsDoNotHideTheOthers() throws IOException {
    Path folder = home().resolve("environment/share/jupyter/labextensions");
    extension("fine", "");
    write(folder.resolve("broken/package.json"), "{");
    write(folder.resolve("list/package.json"), "[]");
    Files.createDirectories(folder.resolve("folder/package.json"));
    Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
    Files.createDirectories(folder.resolve("circle"));
    Files.createSymbolicLink(
        folder.resolve("circle/package.json"), folder.resolve("circle/package.json"));
    write(folder.resolve("huge/package.json"), "{\"a\": \"" + "x".repeat(5 << 20) + "\"}");
    write(folder.resolve("fine/install.json"), "{");
    write(folder.resolve("stray.txt"), "");
    try (var log = new LogOf("dev.orrery.server.lab.JsonFile")) {
      assertThat(page("/lab").path("federated_extensions").findValuesAsString("name"))
          .containsExactly("fine");
      assertThat(log.lines()).hasSize(5);
      for (String name : List.of("broken", "list", "folder", "circle", "huge")) {
        assertThat(log.lines())
            .as(name)
            .anyMatch(line -> line.contains(folder.resolve(name) + "/"));
      }
    }
    assertThat(server().ask("GET", EXTENSIONS).json().path(0).path("install").isEmpty()).isTrue();
  }

  @Test
  void brokenPageConfigsDoNotStopThePage() throws IOException {
    Path labconfig = userConfig().resolveSibling("");
    write(userConfig(), "{\"appName\": \"Mine\"}");
    write(environmentConfig(), "{\"disabledExtensions\": \"x\", \"lockedExtensions\": 5}");
    write(labconfig.resolve("page_config.d/a.json"), "nonsense");
    Files.createDirectories(labconfig.resolve("page_config.d/b.json"));
    Files.createSymbolicLink(labconfig.resolve("page_config.d/c.json"), Path.of("c.json"));
    write(labconfig.resolve("page_config.d/.hidden.json"), "{\"hidden\": 1}");
    write(labconfig.resolve("page_config.d/e.json"), "");
    try (var log = new LogOf("dev.orrery.server.lab.JsonFile")) {
      JsonNode config = page("/lab");
      assertThat(config.path("appName").asString()).isEqualTo("Mine");
      assertThat(config.has("hidden")).isFalse();
      assertThat(config.path("disabledExtensions").isArray()).isTrue();
      assertThat(log.lines()).hasSize(3);
    }
    assertThat(server().ask("GET", PLUGINS).json().path("lockRules").isEmpty()).isTrue();
  }

  @Test
  void whatIsInstalledBesideThePrivateKernelIsThereAndThemesKnowTheBasePath() throws IOException {
    Path folder =
        home().resolve("share/jupyter/orrery-python/share/jupyter/labextensions/@a/theme");
    write(
        folder.resolve("package.json"),
        "{\"name\": \"@a/theme\", \"jupyterlab\": {\"_build\": {\"load\": \"static/remoteEntry.js\"}}}");
    write(
        folder.resolve("themes/@a/theme/index.css"),
        "a { b: url('x y.png'); c: url('../d.png'), url('e.png'); f: url('#g'); h: url(\"i.png\") }");
    server("--ServerApp.base_url=/user/jo/");
    String page = server().ask("GET", "/user/jo/lab").body();
    assertThat(page).contains("\"name\":\"@a/theme\"");
    Answer sheet = server().ask("GET", "/user/jo/lab/api/themes/@a/theme/index.css");
    String here = "/user/jo/lab/api/themes/@a/theme/";
    assertThat(sheet.body().replace("%40", "@"))
        .isEqualTo(
            "a { b: url('"
                + here
                + "x y.png'); c: url('"
                + here
                + "../d.png'), url('"
                + here
                + "e.png'); f: url('#g'); h: url(\"i.png\") }");
    assertThat(sheet.header("Content-Type")).startsWith("text/css");
    assertThat(server().ask("GET", "/user/jo/lab/api/themes/@a/theme/..%2fpackage.json").status())
        .isEqualTo(404);
  }
}
