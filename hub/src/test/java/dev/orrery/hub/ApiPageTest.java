package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The page of the documentation about the REST API, made from what a hub says of itself. */
class ApiPageTest {

  private static final Path PAGE = Path.of("../docs/reference/hub-api.md");

  @TempDir private Path folder;

  @Test
  void documentationIsWhatTheHubSays() throws IOException {
    String page;
    try (var hub = new RunningHub(folder)) {
      page = page(hub.ask("nobody", "GET", "/hub/api/openapi.json", "").json().path("paths"));
    }
    if (Boolean.getBoolean("orrery.write.docs")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }

  private static String page(JsonNode paths) {
    var text =
        new StringBuilder(
            """
            # Operations of the hub's REST API

            Made from `GET /hub/api/openapi.json`. Addresses are below `/hub/api`; an empty name of a server, or `/server` in the
            place of `/servers/{server}`, is the default server. One of the scopes will do; [what they mean](scopes.md).

            | operation | what it does | scopes |
            |---|---|---|
            """);
    for (var path : paths.properties()) {
      for (var operation : path.getValue().properties()) {
        text.append("| `").append(operation.getKey().toUpperCase(Locale.ROOT)).append(' ');
        text.append(path.getKey()).append("` | ");
        text.append(operation.getValue().path("summary").asString()).append(" | ");
        text.append(scopes(operation.getValue().path("security"))).append(" |\n");
      }
    }
    return text.toString();
  }

  private static String scopes(JsonNode security) {
    if (security.isEmpty()) {
      return "none needed";
    }
    String named =
        security
            .valueStream()
            .flatMap(need -> need.path("token").valueStream())
            .map(scope -> "`" + scope.asString() + "`")
            .collect(Collectors.joining(", "));
    return named.isEmpty() ? "any token or login" : named;
  }
}
