package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.PodEvents;
import dev.orrery.kubernetes.api.PodView;
import dev.orrery.kubernetes.api.Pods;
import dev.orrery.kubernetes.manifests.Marks;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The pods and events that are followed: one watch of each for all servers of a namespace, or of
 * all namespaces where each person has one. A profile or an earlier configuration may name further
 * namespaces; these are followed from the first question on.
 */
final class Followed implements AutoCloseable {

  private final ApiServer server;
  private final String selector;
  private final boolean everywhere;
  private final Map<String, Pods> pods = new ConcurrentHashMap<>();
  private final Map<String, PodEvents> events = new ConcurrentHashMap<>();

  /**
   * Follows nothing yet.
   *
   * @param component the label that all pods of the hub have
   * @param everywhere whether one watch has to do for all namespaces
   */
  Followed(ApiServer server, String component, boolean everywhere) {
    this.server = server;
    this.selector = Marks.COMPONENT + "=" + component;
    this.everywhere = everywhere;
  }

  private String watched(String namespace) {
    return everywhere ? "" : namespace;
  }

  /** The pods of a namespace. */
  Pods pods(String namespace) {
    return pods.computeIfAbsent(watched(namespace), where -> Pods.follow(server, where, selector));
  }

  /** The events of a namespace. */
  PodEvents events(String namespace) {
    return events.computeIfAbsent(watched(namespace), where -> new PodEvents(server, where));
  }

  /** All pods that are known, wherever they are. */
  List<PodView> all() {
    return pods.values().stream().flatMap(some -> some.all().stream()).toList();
  }

  /** The same without those of which nothing is heard at the moment. */
  List<PodView> current() {
    return pods.values().stream()
        .filter(Pods::isCurrent)
        .flatMap(some -> some.all().stream())
        .toList();
  }

  @Override
  public void close() {
    events.values().forEach(PodEvents::close);
    pods.values().forEach(Pods::close);
  }
}
