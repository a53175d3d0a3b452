package dev.orrery.kubernetes.deploy;

import static dev.orrery.kubernetes.manifests.Trees.tree;

import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The labels by which objects are known as those of one notebook. */
final class Ownership {

  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** Who manages what {@code orrery deploy} makes, in labels and in the API server's records. */
  static final String MANAGER = "orrery";

  private Ownership() {}

  /** What a Deployment and a Service find the pod by; these can never change. */
  static Map<String, Object> selector(String name) {
    return tree(
        "app.kubernetes.io/name",
        MANAGER,
        "app.kubernetes.io/component",
        "notebook",
        "app.kubernetes.io/instance",
        name);
  }

  /** The labels of all objects of a notebook. */
  static Map<String, Object> labels(String name) {
    Map<String, Object> labels = selector(name);
    labels.put(MANAGED_BY, MANAGER);
    return labels;
  }

  /** The selector as a query. */
  static String query(String name) {
    return selector(name).entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .collect(Collectors.joining(","));
  }

  /** Whether an object is one of the notebook of that name. */
  static boolean isOurs(JsonNode object, String name) {
    JsonNode labels = object.path("metadata").path("labels");
    return labels(name).entrySet().stream()
        .allMatch(label -> labels.path(label.getKey()).asString("").equals(label.getValue()));
  }

  /** Whose an object is that is not ours, as far as it says. */
  static String owner(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    String label = metadata.path("labels").path(MANAGED_BY).asString("");
    if (!label.isEmpty()) {
      return "it is managed by " + label;
    }
    JsonNode owner = metadata.path("ownerReferences").path(0);
    if (owner.has("name")) {
      return "it belongs to "
          + owner.path("kind").asString("")
          + " "
          + owner.path("name").asString("");
    }
    for (JsonNode fields : metadata.path("managedFields")) {
      // Controllers tell of its state, whoever has made it.
      if (!fields.has("subresource")) {
        return "it was made with " + fields.path("manager").asString("");
      }
    }
    return "it does not say whose it is";
  }
}
