package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.PodView;
import dev.orrery.spawner.spi.ServerRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The pods that the hub has in its records. In doubt it has a pod. */
final class RecordedPods {

  private final Map<String, List<PodNames>> byName = new HashMap<>();
  private final Set<String> starts = new HashSet<>();

  RecordedPods(List<ServerRecord> records) {
    for (ServerRecord server : records) {
      PodNames.of(server.state())
          .ifPresent(
              names -> byName.computeIfAbsent(names.pod(), _ -> new ArrayList<>()).add(names));
      server.start().ifPresent(id -> starts.add(id.value()));
    }
  }

  /** Whether a server is recorded whose pod this is, or may be. */
  boolean have(PodView pod) {
    return starts.contains(pod.spawnId())
        || byName.getOrDefault(pod.name(), List.of()).stream()
            .anyMatch(names -> mayMean(names, pod));
  }

  /** A start whose pod has no uid yet sees itself to whatever has its name. */
  private static boolean mayMean(PodNames names, PodView pod) {
    boolean samePlace = names.namespace().isEmpty() || names.namespace().equals(pod.namespace());
    return samePlace && (!names.areOfAPod() || names.mean(pod));
  }
}
