package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.ApiFailure;
import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.Kind;
import dev.orrery.kubernetes.api.PodEvents.PodEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The claims for volumes that a pod refers to. They are asked for only where the pod does not come
 * up: of a start that goes well nobody asks.
 */
final class Claims {

  private static final System.Logger LOG = System.getLogger(Claims.class.getName());

  /** Events of a claim: what happens again is counted in one. */
  private static final String SOME = "50";

  private final ApiServer server;
  private final String namespace;
  private final List<String> names;

  private Claims(ApiServer server, String namespace, List<String> names) {
    this.server = server;
    this.namespace = namespace;
    this.names = names;
  }

  /** Those of a pod's manifest. */
  static Claims of(ApiServer server, String namespace, Map<String, Object> pod) {
    return new Claims(
        server,
        namespace,
        pod.get("spec") instanceof Map<?, ?> spec && spec.get("volumes") instanceof List<?> volumes
            ? volumes.stream().map(Claims::name).flatMap(Optional::stream).distinct().toList()
            : List.of());
  }

  private static Optional<String> name(@Nullable Object volume) {
    return volume instanceof Map<?, ?> of
            && of.get("persistentVolumeClaim") instanceof Map<?, ?> claim
            && claim.get("claimName") instanceof String name
        ? Optional.of(name)
        : Optional.empty();
  }

  /** Of a claim that is being deleted: no pod gets it any more, however long it waits. */
  Optional<String> ending() throws InterruptedException {
    for (String name : names) {
      Optional<JsonNode> claim = claim(name);
      if (claim.filter(one -> one.path("metadata").has("deletionTimestamp")).isPresent()) {
        return Optional.of(
            "The volume for the files is being deleted, with its claim "
                + namespace
                + "/"
                + name
                + ", and can't be used any more. Start again when the claim is gone");
      }
    }
    return Optional.empty();
  }

  /** Of a claim that no volume has been found for, and why. */
  Optional<String> unbound() throws InterruptedException {
    for (String name : names) {
      Optional<JsonNode> claim = claim(name);
      if (claim.isPresent()
          && !claim.get().path("status").path("phase").asString("Bound").equals("Bound")) {
        return Optional.of(
            "The claim "
                + namespace
                + "/"
                + name
                + " has no volume"
                + lastHeard(claim.get()).map(why -> ": " + why).orElse(""));
      }
    }
    return Optional.empty();
  }

  private Optional<JsonNode> claim(String name) throws InterruptedException {
    try {
      return server.get(Kind.CLAIM, namespace, name);
    } catch (ApiFailure e) {
      // The hub may not be allowed to; the pod's own words have to do then.
      LOG.log(System.Logger.Level.DEBUG, "The claim " + name + " can't be looked at", e);
      return Optional.empty();
    }
  }

  /** In the order they came; a warning says more than what usually happens. */
  private Optional<String> lastHeard(JsonNode claim) throws InterruptedException {
    String uid = claim.path("metadata").path("uid").asString("");
    try {
      JsonNode events =
          server
              .list(
                  Kind.EVENT,
                  namespace,
                  Map.of("fieldSelector", "involvedObject.uid=" + uid, "limit", SOME))
              .path("items");
      String usual = "";
      String warning = "";
      for (JsonNode event : events) {
        String message = PodEvent.of(event).message();
        if (event.path("type").asString("").equals("Warning")) {
          warning = message;
        } else {
          usual = message;
        }
      }
      return Optional.of(warning.isEmpty() ? usual : warning).filter(said -> !said.isEmpty());
    } catch (ApiFailure e) {
      LOG.log(System.Logger.Level.DEBUG, "The events of a claim can't be read", e);
      return Optional.empty();
    }
  }
}
