package dev.orrery.kubernetes.api;

import static java.util.Objects.requireNonNull;

import dev.orrery.kubernetes.manifests.Marks;
import dev.orrery.kubernetes.manifests.PodManifest;
import dev.orrery.spawner.spi.SpawnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/**
 * What the hub wants to know of a pod; a pod itself takes many times the memory.
 *
 * @param uid of this pod, which no later one of its name has
 * @param user whose server it is, by its annotation; empty where it has none
 * @param server which of theirs
 * @param hub the API of the hub that it belongs to; empty where it has none
 * @param spawnId the start it was made in; empty where it was made by another program
 * @param phase {@code Pending}, {@code Running}, {@code Succeeded}, {@code Failed} or {@code
 *     Unknown}
 * @param ip empty until it has one
 * @param port where the server listens; nothing where no container has the port
 * @param ending whether somebody has asked for its end
 * @param ready whether all its containers are
 * @param exitCode of the server's container, where that has ended for good
 * @param endReason how that came about in a word, e.g. {@code OOMKilled}; empty where it has not
 * @param endMessage what else there is to say of it; mostly empty
 * @param troubles what holds it up
 */
public record PodView(
    String namespace,
    String name,
    String uid,
    String user,
    String server,
    String hub,
    String spawnId,
    String phase,
    String ip,
    OptionalInt port,
    boolean ending,
    boolean ready,
    OptionalInt exitCode,
    String endReason,
    String endMessage,
    List<Trouble> troubles) {

  /**
   * What holds a pod up.
   *
   * @param reason Kubernetes' word, e.g. {@code Unschedulable} or {@code ImagePullBackOff}
   * @param message its sentence; may be empty
   */
  public record Trouble(String reason, String message) {}

  public PodView {
    requireNonNull(uid, "uid");
    troubles = List.copyOf(troubles);
  }

  /** Where it is found among others. */
  public String key() {
    return namespace + "/" + name;
  }

  /** Whether the server can be tried. */
  public boolean isUp() {
    return phase.equals("Running") && !ip.isEmpty() && !ending && ready;
  }

  /** Whether the server has ended for good, be the pod still there or not. */
  public boolean isOver() {
    return exitCode.isPresent() || phase.equals("Succeeded") || phase.equals("Failed");
  }

  /** Reads a pod. */
  public static PodView of(JsonNode pod) {
    JsonNode metadata = pod.path("metadata");
    JsonNode annotations = metadata.path("annotations");
    JsonNode spec = pod.path("spec");
    JsonNode status = pod.path("status");
    JsonNode servers = named(status.path("containerStatuses"), PodManifest.CONTAINER);
    JsonNode ended = servers.path("state").path("terminated");
    JsonNode own = named(spec.path("containers"), PodManifest.CONTAINER);
    return new PodView(
        metadata.path("namespace").asString(""),
        metadata.path("name").asString(""),
        metadata.path("uid").asString(""),
        annotations.path(Marks.USER_NAME).asString(""),
        annotations.path(Marks.SERVER_NAME).asString(""),
        named(own.path("env"), SpawnRequest.HUB_VARIABLE).path("value").asString(""),
        named(own.path("env"), SpawnRequest.ID_VARIABLE).path("value").asString(""),
        status.path("phase").asString(""),
        status.path("podIP").asString(""),
        port(spec.path("containers")),
        metadata.has("deletionTimestamp"),
        allReady(status.path("containerStatuses")),
        ended.isMissingNode()
            ? OptionalInt.empty()
            : OptionalInt.of(ended.path("exitCode").asInt(1)),
        ended.path("reason").asString(status.path("reason").asString("")),
        ended.path("message").asString(""),
        troubles(status));
  }

  private static JsonNode named(JsonNode list, String name) {
    for (JsonNode one : list) {
      if (one.path("name").asString("").equals(name)) {
        return one;
      }
    }
    return list.path("none");
  }

  private static OptionalInt port(JsonNode containers) {
    for (JsonNode container : containers) {
      JsonNode port = named(container.path("ports"), PodManifest.PORT);
      if (port.has("containerPort")) {
        return OptionalInt.of(port.path("containerPort").asInt());
      }
    }
    return OptionalInt.empty();
  }

  private static boolean allReady(JsonNode statuses) {
    for (JsonNode status : statuses) {
      if (!status.path("ready").asBoolean(false)) {
        return false;
      }
    }
    return !statuses.isEmpty();
  }

  private static List<Trouble> troubles(JsonNode status) {
    var troubles = new ArrayList<Trouble>();
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asString("").equals("PodScheduled")
          && condition.path("status").asString("").equals("False")) {
        troubles.add(trouble(condition));
      }
    }
    for (String list : List.of("initContainerStatuses", "containerStatuses")) {
      for (JsonNode container : status.path(list)) {
        Optional.of(container.path("state").path("waiting"))
            .filter(waiting -> waiting.has("reason"))
            .map(PodView::trouble)
            .filter(trouble -> !isUsual(trouble.reason()))
            .ifPresent(troubles::add);
      }
    }
    if (status.path("phase").asString("").equals("Failed") && status.has("reason")) {
      troubles.add(trouble(status));
    }
    return troubles;
  }

  private static boolean isUsual(String reason) {
    return reason.equals("ContainerCreating") || reason.equals("PodInitializing");
  }

  private static Trouble trouble(JsonNode from) {
    return new Trouble(from.path("reason").asString(""), from.path("message").asString(""));
  }
}
