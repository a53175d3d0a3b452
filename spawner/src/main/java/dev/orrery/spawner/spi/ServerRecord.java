package dev.orrery.spawner.spi;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a hub has recorded of a server that runs, is being started, or is being stopped.
 *
 * @param state as the server's start has told it; empty where it has told none yet
 * @param start the start that is under way; nothing where none is
 */
public record ServerRecord(Map<String, Object> state, Optional<SpawnRequest.Id> start) {

  public ServerRecord {
    state = Collections.unmodifiableMap(new LinkedHashMap<>(state));
    requireNonNull(start, "start");
  }
}
