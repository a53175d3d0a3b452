package dev.orrery.kubernetes.manifests;

import static java.util.Objects.requireNonNull;

import dev.orrery.kubernetes.names.Templates;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnRequest.Limits;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One pod as it shall be.
 *
 * @param who whose server, and which
 * @param name of the pod
 * @param settings what is configured, with what a profile has changed
 * @param templates for what the settings leave open
 * @param command what the container runs; empty for what its image has
 * @param port where the server listens
 * @param environment variables, as texts or as objects of the API
 * @param limits what the server may use
 */
public record PodPlan(
    ServerName who,
    String name,
    PodSettings settings,
    Templates templates,
    List<String> command,
    int port,
    Map<String, Object> environment,
    Limits limits) {

  public PodPlan {
    requireNonNull(who, "who");
    requireNonNull(name, "name");
    requireNonNull(settings, "settings");
    requireNonNull(templates, "templates");
    command = List.copyOf(command);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    requireNonNull(limits, "limits");
  }
}
