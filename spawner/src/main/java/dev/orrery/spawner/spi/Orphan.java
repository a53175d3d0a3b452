package dev.orrery.spawner.spi;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A server of a hub that no record of the hub has. The same one is equal whenever it is found.
 *
 * @param who whose it is, by its own marks
 * @param what and where it is, for messages, e.g. {@code pod jhub/jupyter-ada}
 * @param state by which {@link Spawner#stop} ends this one and no later one of its name
 */
public record Orphan(ServerName who, String what, Map<String, Object> state) {

  public Orphan {
    requireNonNull(who, "who");
    requireNonNull(what, "what");
    state = Collections.unmodifiableMap(new LinkedHashMap<>(state));
  }
}
