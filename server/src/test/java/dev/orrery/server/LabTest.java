package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the pages of JupyterLab and Notebook ask of their server. */
class LabTest extends ServerTest {

  private static final String SETTINGS = "/lab/api/settings/@jupyterlab/test-extension:plugin";
  private static final String WORKSPACES = "/lab/api/workspaces";

  private static String raw(String text) {
    return Json.text(Json.object().put("raw", text));
  }

  private Path userSettings() throws IOException {
    return server()
        .home
        .resolve(
            ".jupyter/lab/user-settings/@jupyterlab/test-extension/plugin.jupyterlab-settings");
  }

  @Test
  void settingsAreKeptAsTheyWereWrittenWithTheirComments() throws IOException {
    String text = "{\n  // dark at night\n  theme: 'Dark', /* small */ \"size\": 2,\n}";
    assertThat(server().ask("PUT", SETTINGS, raw(text)).status()).isEqualTo(204);
    assertThat(userSettings()).hasContent(text);
    JsonNode item = server().ask("GET", SETTINGS).json();
    assertThat(item.path("id").asString()).isEqualTo("@jupyterlab/test-extension:plugin");
    assertThat(item.path("raw").asString()).isEqualTo(text);
    assertThat(item.path("settings")).isEqualTo(Json.parse("{\"theme\":\"Dark\",\"size\":2}"));
    assertThat(item.path("version").asString()).isEqualTo("4.5.6");
    assertThat(item.path("schema").path("title").asString()).isEqualTo("Test");
    assertThat(item.path("last_modified").asString()).endsWith("+00:00");
  }

  @Test
  void settingsThatDoNotFitAreRefusedAndTheOldOnesStay() throws IOException {
    server().ask("PUT", SETTINGS, raw("{\"size\": 2}"));
    for (String bad :
        List.of(
            raw("{\"theme\": 5}"),
            raw("{\"unknown\": 5}"),
            raw("[]"),
            raw("{"),
            raw("{} {}"),
            "{}",
            "{\"raw\": 5}",
            "{bad",
            "[]")) {
      assertThat(server().ask("PUT", SETTINGS, bad).status()).as(bad).isEqualTo(400);
    }
    assertThat(userSettings()).hasContent("{\"size\": 2}");
    assertThat(server().ask("PUT", SETTINGS, raw("")).status()).isEqualTo(204);
  }

  @Test
  void settingsThatNoLongerFitAreLeftOutWithAWarning() throws IOException {
    for (String bad : List.of("{\"theme\": 5}", "{bad", "[]")) {
      TestNotebookServer.write(userSettings(), bad);
      JsonNode item = server().ask("GET", SETTINGS).json();
      assertThat(item.path("raw").asString()).as(bad).isEqualTo("{}");
      assertThat(item.path("settings").isEmpty()).isTrue();
      assertThat(item.path("warning").asString()).contains("@jupyterlab/test-extension:plugin");
    }
  }

  @Test
  void unknownPluginsAreNotFoundAndNoneLeadsOutside() throws IOException {
    for (String id :
        List.of("nope:x", "x", "@jupyterlab/test-extension:nope", "..:x", "a:..%2fx")) {
      assertThat(server().ask("GET", "/lab/api/settings/" + id).status()).as(id).isEqualTo(404);
      assertThat(server().ask("PUT", "/lab/api/settings/" + id, raw("{}")).status())
          .as(id)
          .isEqualTo(404);
    }
  }

  @Test
  void allSettingsAreListed() throws IOException {
    for (String path : List.of("/lab/api/settings", "/lab/api/settings/?1738320000000")) {
      JsonNode list = server().ask("GET", path).json().path("settings");
      assertThat(list.size()).isOne();
      assertThat(list.path(0).path("schema").path("properties").size()).isEqualTo(2);
      assertThat(list.path(0).path("last_modified").isNull()).isTrue();
    }
    JsonNode ids = server().ask("GET", "/lab/api/settings?ids_only=true").json().path("settings");
    assertThat(ids).isEqualTo(Json.parse("[{\"id\":\"@jupyterlab/test-extension:plugin\"}]"));
  }

  @Test
  void anInstallationsOverridesAreTheDefaultsOfTheSchema() throws IOException {
    TestNotebookServer.write(
        server().home.resolve("pages/lab/settings/overrides.json5"),
        "{ '@jupyterlab/test-extension:plugin': { theme: 'Solar' } } // ours");
    JsonNode schema = server().ask("GET", SETTINGS).json().path("schema");
    assertThat(schema.path("properties").path("theme").path("default").asString())
        .isEqualTo("Solar");
    assertThat(schema.path("properties").path("size").path("default").asInt()).isEqualTo(3);
  }

  @Test
  void administratorsOverridesComeInLayers() throws IOException {
    String plugin = "{\"@jupyterlab/test-extension:plugin\": {\"%s\": %s}}";
    Path labconfig = server().home.resolve(".jupyter/labconfig");
    TestNotebookServer.write(
        labconfig.resolve("default_setting_overrides.d/a.json"), plugin.formatted("size", "1.10"));
    TestNotebookServer.write(
        labconfig.resolve("default_setting_overrides.d/b.json"),
        plugin.formatted("theme", "\"B\""));
    TestNotebookServer.write(
        labconfig.resolve("default_setting_overrides.json"), plugin.formatted("theme", "\"C\""));
    TestNotebookServer.write(
        server().home.resolve("pages/lab/settings/overrides.d/x.json"),
        plugin.formatted("size", "7"));
    TestNotebookServer.write(
        server().home.resolve("pages/lab/settings/overrides.d/broken.json"), "{");
    JsonNode properties = server().ask("GET", SETTINGS).json().path("schema").path("properties");
    assertThat(properties.path("size").path("default").toString()).isEqualTo("1.10");
    assertThat(properties.path("theme").path("default").asString()).isEqualTo("C");
  }

  /** Where Dockerfiles put it: beside the pages of a JupyterLab that pip has installed. */
  @Test
  void whatIsSetInAnEnvironmentCountsMoreThanWhatTheDistributionSets() throws IOException {
    TestNotebookServer.write(
        server().home.resolve("pages/lab/settings/overrides.json"),
        "{\"@jupyterlab/test-extension:plugin\": {\"theme\": \"Ours\", \"size\": 9}}");
    Path data = server().home.resolve(".local/share/jupyter/lab/settings");
    TestNotebookServer.write(
        data.resolve("overrides.json"),
        "{\"@jupyterlab/test-extension:plugin\": {\"theme\": \"Theirs\"}}");
    TestNotebookServer.write(
        data.resolve("page_config.json"), "{\"disabledExtensions\": [\"a:b\"]}");
    JsonNode properties = server().ask("GET", SETTINGS).json().path("schema").path("properties");
    assertThat(properties.path("theme").path("default").asString()).isEqualTo("Theirs");
    assertThat(properties.path("size").path("default").asInt()).isEqualTo(9);
    assertThat(server().ask("GET", "/lab").body()).contains("a:b");
  }

  @Test
  void nothingIsBuilt() throws IOException {
    String build = "/lab/api/build";
    assertThat(server().ask("GET", build).json())
        .isEqualTo(Json.parse("{\"status\":\"stable\",\"message\":\"\"}"));
    Answer asked = server().ask("POST", build);
    assertThat(asked.status()).isEqualTo(200);
    assertThat(asked.message()).contains("Nothing is built");
    Answer stopped = server().ask("DELETE", build);
    assertThat(stopped.status()).isEqualTo(400);
    assertThat(stopped.message()).contains("No current build");
  }

  @Test
  void theUsersStyleSheetIsLinkedWhereItIsWanted() throws IOException {
    assertThat(server().ask("GET", "/lab").body()).doesNotContain("custom.css");
    assertThat(server().ask("GET", "/custom/custom.css").body()).isEmpty();
    try (var styled =
        TestNotebookServer.start(server().home.resolve("styled"), "--LabApp.custom_css=True")) {
      TestNotebookServer.write(styled.home.resolve(".jupyter/custom/custom.css"), "a { }");
      assertThat(styled.ask("GET", "/lab").body()).contains("custom.css");
      Answer sheet = styled.ask("GET", "/custom/custom.css");
      assertThat(sheet.body()).isEqualTo("a { }");
      assertThat(sheet.header("Content-Type")).startsWith("text/css");
      assertThat(styled.ask("GET", "/custom/..%2flab").status()).isEqualTo(404);
    }
  }

  @Test
  void anotherJupyterLabComesWithItsVersionAndKeepsNotebooksSchemas() throws IOException {
    Path home = server().home.resolve("foreign");
    Path app = home.resolve("app");
    TestNotebookServer.write(
        app.resolve("static/index.html"),
        "<script type=\"application/json\">{{ page_config_full | tojson }}</script>");
    TestNotebookServer.write(
        app.resolve("static/package.json"), "{\"jupyterlab\": {\"version\": \"4.5.1\"}}");
    TestNotebookServer.write(
        app.resolve("schemas/@jupyterlab/own/plugin.json"), "{\"title\": \"Own\"}");
    TestNotebookServer.write(
        home.resolve("pages/lab/schemas/@jupyter-notebook/tree-extension/widget.json"),
        "{\"title\": \"Tree\"}");
    try (var foreign = TestNotebookServer.start(home, "--LabApp.app_dir=" + app)) {
      JsonNode config = Json.parse(config(foreign.ask("GET", "/lab").body()));
      assertThat(config.path("appVersion").asString()).isEqualTo("4.5.1");
      assertThat(config.path("schemasDir").asString()).isEqualTo(app.resolve("schemas").toString());
      assertThat(foreign.ask("GET", "/lab/api/settings").json().findValuesAsString("id"))
          .containsExactly("@jupyterlab/own:plugin", "@jupyter-notebook/tree-extension:widget");
      String tree = "/lab/api/settings/@jupyter-notebook/tree-extension:widget";
      assertThat(foreign.ask("GET", tree).json().path("schema").path("title").asString())
          .isEqualTo("Tree");
      assertThat(foreign.ask("GET", SETTINGS).status()).isEqualTo(404);
    }
  }

  @Test
  void workspacesAreKeptUnderTheirOwnNames() throws IOException {
    assertThat(server().ask("GET", WORKSPACES).body())
        .isEqualTo("{\"workspaces\":{\"ids\":[],\"values\":[]}}");
    assertThat(server().ask("GET", WORKSPACES + "/a%20b").json())
        .isEqualTo(Json.parse("{\"data\":{},\"metadata\":{\"id\":\"/a b\"}}"));
    String body = "{\"data\":{\"x\":1.10},\"metadata\":{\"id\":\"a b\"}}";
    assertThat(server().ask("PUT", WORKSPACES + "/a%20b", body).status()).isEqualTo(204);
    try (var files = Files.list(server().home.resolve(".jupyter/lab/workspaces"))) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .singleElement()
          .asString()
          .matches("a-b-[0-9a-f]{4}\\.jupyterlab-workspace");
    }
    JsonNode kept = server().ask("GET", WORKSPACES + "/a%20b").json();
    assertThat(Json.text(kept.path("data"))).isEqualTo("{\"x\":1.10}");
    assertThat(kept.path("metadata").path("last_modified").asString()).endsWith("+00:00");
    JsonNode all = server().ask("GET", WORKSPACES).json().path("workspaces");
    assertThat(all.path("ids")).isEqualTo(Json.parse("[\"a b\"]"));
    assertThat(server().ask("DELETE", WORKSPACES + "/a%20b").status()).isEqualTo(204);
    assertThat(server().ask("DELETE", WORKSPACES + "/a%20b").status()).isEqualTo(404);
  }

  @Test
  void aWorkspaceThatSaysAnotherNameOrIsNoneIsRefused() throws IOException {
    for (String bad :
        List.of(
            "{\"data\":{},\"metadata\":{\"id\":\"other\"}}", "{\"data\":{}}", "x", "[]", "{}")) {
      assertThat(server().ask("PUT", WORKSPACES + "/w1", bad).status()).as(bad).isEqualTo(400);
    }
    String slash = "{\"data\":{},\"metadata\":{\"id\":\"/w1\"}}";
    assertThat(server().ask("PUT", WORKSPACES + "/w1", slash).status()).isEqualTo(204);
    assertThat(server().ask("DELETE", WORKSPACES).status()).isIn(400, 404, 405);
  }

  @Test
  void aBrokenWorkspaceFileDoesNotHideTheOthers() throws IOException {
    String body = "{\"data\":{},\"metadata\":{\"id\":\"w1\"}}";
    server().ask("PUT", WORKSPACES + "/w1", body);
    TestNotebookServer.write(
        server().home.resolve(".jupyter/lab/workspaces/broken.jupyterlab-workspace"), "{");
    assertThat(server().ask("GET", WORKSPACES).json().path("workspaces").path("ids").size())
        .isOne();
  }

  @Test
  void configSectionsAreReplacedAndMerged() throws IOException {
    String path = "/api/config/tst";
    assertThat(server().ask("GET", path).body()).isEqualTo("{}");
    assertThat(server().ask("PUT", path, "{\"a\":{\"b\":1,\"c\":2},\"d\":1}").status())
        .isEqualTo(204);
    Answer merged = server().ask("PATCH", path, "{\"a\":{\"b\":null,\"e\":3},\"d\":null}");
    assertThat(merged.status()).isEqualTo(200);
    assertThat(merged.json()).isEqualTo(Json.parse("{\"a\":{\"c\":2,\"e\":3}}"));
    assertThat(server().ask("GET", path).json()).isEqualTo(merged.json());
    assertThat(server().home.resolve(".jupyter/serverconfig/tst.json")).exists();
    for (String bad : List.of("x", "[1]", "5")) {
      assertThat(server().ask("PUT", path, bad).status()).as(bad).isEqualTo(400);
    }
    for (String section : List.of("a.b", "..", "%2e%2e", "a%20b", "a/b")) {
      assertThat(server().ask("GET", "/api/config/" + section).status()).as(section).isEqualTo(404);
    }
  }

  @Test
  void pagesCarryTheirConfigAsJsonThatNoScriptCanBreakOutOf() throws IOException {
    Files.createDirectory(server().root.resolve("a"));
    String name = "%3C%2Fscript%3E%3Cscript%3Ealert(1)%3C!--&'";
    Answer page = server().ask("GET", "/lab/tree/" + name.replace("%2F", "/"));
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("Cache-Control")).isEqualTo("no-store");
    String json = config(page.body());
    assertThat(json).doesNotContain("<").doesNotContain(">").doesNotContain("&");
    JsonNode config = Json.parse(json);
    assertThat(config.path("treePath").asString()).isEqualTo("</script><script>alert(1)<!--&'");
    assertThat(config.path("baseUrl").asString()).isEqualTo("/");
    assertThat(config.path("appUrl").asString()).isEqualTo("/lab");
    assertThat(config.path("token").asString()).isEqualTo(TestNotebookServer.TOKEN);
    assertThat(config.path("serverRoot").asString()).isEqualTo(server().root.toString());
    assertThat(page.body()).contains("data-base=\"/\"").doesNotContain("{%").doesNotContain("{{");
  }

  private static String config(String page) {
    int start = page.indexOf("application/json\">") + "application/json\">".length();
    return page.substring(start, page.indexOf("</script>", start));
  }

  @Test
  void eachAddressHasItsPage() throws IOException {
    for (String path :
        List.of(
            "/lab",
            "/lab/tree/a/b",
            "/lab/workspaces/w",
            "/lab/workspaces/w/tree/a",
            "/doc",
            "/tree",
            "/edit/a",
            "/consoles/a",
            "/terminals/1",
            "/notebooks/n.ipynb")) {
      assertThat(server().ask("GET", path).status()).as(path).isEqualTo(200);
      assertThat(server().ask("HEAD", path).status()).as(path).isEqualTo(200);
    }
    JsonNode config =
        Json.parse(config(server().ask("GET", "/lab/workspaces/w/tree/a%20b").body()));
    assertThat(config.path("workspace").asString()).isEqualTo("w");
    assertThat(config.path("treePath").asString()).isEqualTo("a b");
    assertThat(server().ask("GET", "/").header("Location")).isEqualTo("/lab");
    assertThat(server().ask("GET", "/?a=b").header("Location")).isEqualTo("/lab?a=b");
    assertThat(server().ask("GET", "/nope").body()).startsWith("<!doctype html>");
  }

  @Test
  void aTreeAddressLeadsToWhatTheFileIs() throws IOException {
    TestNotebookServer.write(server().root.resolve("d/a b.ipynb"), "{}");
    TestNotebookServer.write(server().root.resolve("d/a.txt"), "");
    assertThat(server().ask("GET", "/tree/d").status()).isEqualTo(200);
    assertThat(server().ask("GET", "/tree/d/a%20b.ipynb").header("Location"))
        .isEqualTo("/notebooks/d/a%20b.ipynb");
    assertThat(server().ask("GET", "/tree/d/a.txt").header("Location")).isEqualTo("/files/d/a.txt");
    assertThat(server().ask("GET", "/notebooks/d").header("Location")).isEqualTo("/tree/d");
    assertThat(server().ask("GET", "/tree/nope").status()).isEqualTo(404);
  }

  @Test
  void programsWithAHashInTheirNameAreKeptForEver() throws IOException {
    Answer script = server().ask("GET", "/static/lab/main.0123456789abcdef0123.js", "", "A", "b");
    assertThat(script.status()).isEqualTo(200);
    assertThat(script.header("Cache-Control")).contains("immutable");
    assertThat(script.header("Content-Type")).startsWith("text/javascript");
    assertThat(server().ask("GET", "/lab/api/themes/@jupyterlab/theme/index.css").body())
        .isEqualTo("body { }");
    assertThat(
            server()
                .ask("GET", "/lab/api/themes/@jupyterlab/theme/index.css", "", "A", "b")
                .status())
        .isEqualTo(302);
    assertThat(server().ask("GET", "/static/lab/nope.js").status()).isEqualTo(404);
    assertThat(server().ask("GET", "/static/lab/..%2f..%2fsecret").status()).isEqualTo(404);
  }
}
