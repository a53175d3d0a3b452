package dev.orrery.hub.api;

import dev.orrery.http.Json;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.scopes.Scope;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.settings.HubSettings;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The description of the API for programs, made from the operations that were declared. */
final class OpenApi {

  private static final Pattern PARAMETER = Pattern.compile("\\{([a-z]+)}");

  private OpenApi() {}

  static ObjectNode document(List<Operations.Operation> operations) {
    ObjectNode document = Json.object().put("openapi", "3.0.3");
    document
        .putObject("info")
        .put("title", "The hub of Orrery")
        .put("version", HubSettings.VERSION)
        .put(
            "description",
            "The interface of JupyterHub "
                + HubSettings.VERSION
                + ". An empty name of a server stands for the default server.");
    document.putArray("servers").addObject().put("url", "/hub/api");
    schemes(document.putObject("components").putObject("securitySchemes"));
    ObjectNode paths = document.putObject("paths");
    for (Operations.Operation operation : operations) {
      String path = operation.path().isEmpty() ? "/" : operation.path();
      if (operation.path().equals("/")) {
        continue;
      }
      ObjectNode methods =
          paths.get(path) instanceof ObjectNode known ? known : paths.putObject(path);
      describe(methods.putObject(operation.method().toLowerCase(Locale.ROOT)), operation);
    }
    return document;
  }

  private static void schemes(ObjectNode schemes) {
    ObjectNode token = schemes.putObject("token").put("type", "oauth2");
    ObjectNode flow = token.putObject("flows").putObject("authorizationCode");
    flow.put("authorizationUrl", "/hub/api/oauth2/authorize");
    flow.put("tokenUrl", "/hub/api/oauth2/token");
    ObjectNode scopes = flow.putObject("scopes");
    for (StandardScope scope : StandardScope.values()) {
      Scope definition = scope.definition();
      scopes.put(definition.name(), definition.description());
    }
  }

  private static void describe(ObjectNode node, Operations.Operation operation) {
    node.put("summary", operation.summary());
    ArrayNode parameters = Json.array();
    Matcher names = PARAMETER.matcher(operation.path());
    while (names.find()) {
      ObjectNode parameter = parameters.addObject().put("name", names.group(1));
      parameter.put("in", "path").put("required", true);
      parameter.putObject("schema").put("type", "string");
    }
    if (!parameters.isEmpty()) {
      node.set("parameters", parameters);
    }
    ArrayNode security = node.putArray("security");
    switch (operation.admission()) {
      case Operations.Admission.Open _ -> {}
      case Operations.Admission.Known _ -> security.addObject().putArray("token");
      case Operations.Admission.Scoped(Needs needs) ->
          // Any of them will do, which is what a list of requirements means.
          needs
              .scopes()
              .forEach(scope -> security.addObject().putArray("token").add(scope.scopeName()));
    }
    ObjectNode responses = node.putObject("responses");
    responses.putObject("2XX").put("description", "Done");
    responses
        .putObject("default")
        .put("description", "Refused: an object with status and message, a sentence that says why");
  }
}
