package dev.orrery.server;

import static dev.orrery.server.TestNotebookServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Language packs of Python environments, found without Python. */
class LabLanguagesTest {

  private static final String TRANSLATIONS = "/lab/api/translations";

  @TempDir(cleanup = CleanupMode.ALWAYS)
  @Nullable Path temp;

  private @Nullable TestNotebookServer running;

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
  }

  private Path home() throws IOException {
    return Objects.requireNonNull(temp).toRealPath();
  }

  private TestNotebookServer server(String language) throws IOException {
    if (running == null) {
      var variables =
          Map.of("VIRTUAL_ENV", home().resolve("environment").toString(), "LC_ALL", language);
      running = TestNotebookServer.startWith(home(), variables);
    }
    return running;
  }

  private Path site() throws IOException {
    return home().resolve("environment/lib/python3.12/site-packages");
  }

  /** A pack whose module lies in {@code modules} and is announced in {@code site}. */
  private static void pack(Path site, Path modules, String locale, String content)
      throws IOException {
    write(modules.resolve("pack_" + locale + "/__init__.py"), "");
    write(
        modules.resolve("pack_" + locale + "/locale/" + locale + "/LC_MESSAGES/jupyterlab.json"),
        content);
    write(
        site.resolve("pack_" + locale + "-1.dist-info/entry_points.txt"),
        "# packs\n\n[jupyterlab.languagepack]\n" + locale + "=pack_" + locale + " \n");
  }

  private JsonNode ask(String path) throws IOException {
    return server("C.UTF-8").ask("GET", path).json();
  }

  private void choose(String locale) throws IOException {
    write(
        home()
            .resolve(
                ".jupyter/lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings"),
        "{\n // mine\n 'locale': '" + locale + "' }");
  }

  @Test
  void englishNeedsNoPackAndSaysNothing() throws IOException {
    for (String locale : List.of("default", "en", "en_US")) {
      assertThat(ask(TRANSLATIONS + "/" + locale))
          .isEqualTo(Json.parse("{\"data\":{},\"message\":\"\"}"));
    }
    assertThat(ask(TRANSLATIONS))
        .isEqualTo(
            Json.parse(
                "{\"data\":{\"en\":{\"displayName\":\"English\",\"nativeName\":\"English\"}},\"message\":\"\"}"));
  }

  @Test
  void aPackThatIsInstalledWhileTheServerRunsIsThere() throws IOException {
    Files.createDirectories(site());
    assertThat(ask(TRANSLATIONS).path("data").size()).isOne();
    pack(site(), site(), "fr_FR", "{\"File\":[\"Fichier\"]}");
    assertThat(ask(TRANSLATIONS).path("data").path("fr_FR"))
        .isEqualTo(
            Json.parse(
                "{\"displayName\":\"French (France)\",\"nativeName\":\"Français (France)\"}"));
    assertThat(ask(TRANSLATIONS + "/fr_FR").path("data"))
        .isEqualTo(Json.parse("{\"jupyterlab\":{\"File\":[\"Fichier\"]}}"));
  }

  @Test
  void theProcessesLanguageIsTheDefault() throws IOException {
    pack(site(), site(), "fr_FR", "{\"File\":[\"Fichier\"]}");
    JsonNode french = server("fr_FR.UTF-8@euro").ask("GET", TRANSLATIONS + "/default").json();
    assertThat(french.path("data").path("jupyterlab").path("File").path(0).asString())
        .isEqualTo("Fichier");
    JsonNode names = server("").ask("GET", TRANSLATIONS).json().path("data");
    assertThat(names.path("en").path("displayName").asString()).isEqualTo("Anglais");
    assertThat(names.path("fr_FR").path("displayName").asString()).isEqualTo("Français (France)");
  }

  @Test
  void packsOfTheUserOfDebianAndInDevelopmentAreFound() throws IOException {
    Path elsewhere = home().resolve("checkout");
    pack(site(), elsewhere, "de_DE", "{}");
    write(site().resolve("_pack.pth"), "import nothing\n# a comment\n" + elsewhere + "\n");
    Path debian = home().resolve("environment/lib/python3/dist-packages");
    pack(debian, debian, "pl_PL", "{}");
    Path kernels = home().resolve("share/jupyter/orrery-python/lib/python3.14/site-packages");
    pack(kernels, kernels, "ach_UG", "{}");
    JsonNode data = ask(TRANSLATIONS).path("data");
    assertThat(data.propertyNames()).containsExactly("en", "de_DE", "pl_PL", "ach_UG");
    assertThat(data.path("ach_UG").path("nativeName").asString()).isEqualTo("to translate the UI");
  }

  @Test
  void brokenPacksDoNotHideTheOthers() throws IOException {
    pack(site(), site(), "fr_FR", "{\"File\":[\"Fichier\"]}");
    Path messages = site().resolve("pack_fr_FR/locale/fr_FR/LC_MESSAGES");
    write(messages.resolve("broken.json"), "{");
    Files.createDirectories(messages.resolve("folder.json"));
    Files.createSymbolicLink(messages.resolve("circle.json"), Path.of("circle.json"));
    Files.createSymbolicLink(messages.resolve("round"), site().resolve("pack_fr_FR"));
    pack(site(), home().resolve("gone"), "it_IT", "{}");
    pack(site(), site(), "klingon", "{}");
    write(
        site().resolve("evil-1.dist-info/entry_points.txt"),
        "[jupyterlab.languagepack]\nes_ES = ../../secret\n[jupyterlab.languagepack]\n= x\npt_BR\n");
    write(
        site().resolve("huge-1.dist-info/entry_points.txt"),
        "[jupyterlab.languagepack]\n" + "#\n".repeat(1 << 20));
    Files.createDirectories(site().resolve("folder-1.dist-info/entry_points.txt"));
    try (var log = new LogOf("dev.orrery.server.lab.PythonPackages")) {
      JsonNode list = ask(TRANSLATIONS);
      assertThat(list.path("data").propertyNames()).containsExactly("en", "fr_FR");
      assertThat(list.path("message").asString()).contains("klingon");
      assertThat(log.lines())
          .hasSize(2)
          .anyMatch(line -> line.contains("pack_it_IT") && line.contains("not there"))
          .anyMatch(line -> line.contains("huge-1.dist-info"));
    }
    JsonNode french = ask(TRANSLATIONS + "/fr_FR");
    assertThat(french.path("data").propertyNames()).containsExactly("jupyterlab");
    assertThat(french.path("message").asString())
        .contains("broken")
        .doesNotContain(home().toString());
  }

  @Test
  void schemasAreInTheLanguageThatWasChosen() throws IOException {
    write(
        home().resolve("pages/lab/schemas/@jupyterlab/more/plugin.json"),
        """
        {"title": "Files", "description": "All of them", "type": "object",
         "jupyter.lab.menus": {"main": [{"id": "x", "label": "Files", "items": [{"label": "Edit"}]}]},
         "jupyter.lab.internationalization": {"selectors": ["x-own/.*", "("], "domain": "jupyterlab"},
         "x-own": {"a": "Files"}, "x-other": {"a": "Files"},
         "definitions": {"d": {"properties": {"p": {"title": "Files"}}}},
         "properties": {"a": {"title": "Files", "description": "Untold", "default": "Files"}}}
        """);
    pack(
        site(),
        site(),
        "fr_FR",
        """
        {"schema\\u0004Files": ["Fichiers"], "settings\\u0004Files": ["Des fichiers"],
         "menu\\u0004Files": ["Le fichier"], "menu\\u0004Edit": ["Éditer"], "Files": ["nowhere"]}
        """);
    String path = "/lab/api/settings/@jupyterlab/more:plugin";
    JsonNode english = ask(path).path("schema");
    assertThat(Json.text(english)).doesNotContain("ichier");
    choose("fr_FR");
    for (JsonNode schema :
        List.of(
            ask(path).path("schema"),
            Objects.requireNonNull(
                ask("/lab/api/settings")
                    .path("settings")
                    .valueStream()
                    .filter(item -> item.path("id").asString().equals("@jupyterlab/more:plugin"))
                    .findFirst()
                    .orElseThrow()
                    .get("schema")))) {
      assertThat(schema.at("/title").asString()).isEqualTo("Fichiers");
      assertThat(schema.at("/description").asString()).isEqualTo("All of them");
      assertThat(schema.at("/jupyter.lab.menus/main/0/label").asString()).isEqualTo("Le fichier");
      assertThat(schema.at("/jupyter.lab.menus/main/0/items/0/label").asString())
          .isEqualTo("Éditer");
      assertThat(schema.at("/x-own/a").asString()).isEqualTo("Fichiers");
      assertThat(schema.at("/x-other/a").asString()).isEqualTo("Files");
      assertThat(schema.at("/definitions/d/properties/p/title").asString())
          .isEqualTo("Des fichiers");
      assertThat(schema.at("/properties/a/title").asString()).isEqualTo("Des fichiers");
      assertThat(schema.at("/properties/a/default").asString()).isEqualTo("Files");
    }
    choose("en");
    assertThat(ask(path).path("schema")).isEqualTo(english);
  }
}
