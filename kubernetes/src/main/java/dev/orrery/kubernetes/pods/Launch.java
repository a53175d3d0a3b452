package dev.orrery.kubernetes.pods;

import dev.orrery.config.Trait;
import dev.orrery.kubernetes.manifests.KubeTraits;
import dev.orrery.kubernetes.manifests.PodPlan;
import dev.orrery.kubernetes.manifests.PodSettings;
import dev.orrery.kubernetes.names.NameFields;
import dev.orrery.kubernetes.names.Templates;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.SpawnRequest.Limits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One start, with what its profile changes of the settings and of what the hub asked for.
 *
 * @param settings of the pod
 * @param request what the hub asked for
 * @param environment of the settings, with templates
 */
record Launch(PodSettings settings, SpawnRequest request, Map<String, Object> environment) {

  /** Where servers listen in their pod unless something else is asked for. */
  private static final int PORT = 8888;

  // What a profile may change though it is not of the pod alone.
  private static final Trait<Optional<Long>> MEM_LIMIT =
      Trait.byteSize("Spawner.mem_limit", 0, "").orNone();
  private static final Trait<Optional<Long>> MEM_GUARANTEE =
      Trait.byteSize("Spawner.mem_guarantee", 0, "").orNone();
  private static final Trait<Optional<Double>> CPU_LIMIT =
      Trait.number("Spawner.cpu_limit", 0, "").orNone();
  private static final Trait<Optional<Double>> CPU_GUARANTEE =
      Trait.number("Spawner.cpu_guarantee", 0, "").orNone();
  private static final Trait<Optional<List<String>>> CMD =
      Trait.strings("Spawner.cmd", List.of(), "").orNone();
  private static final Trait<List<String>> ARGS = Trait.strings("Spawner.args", List.of(), "");
  private static final Trait<String> DEFAULT_URL = Trait.string("Spawner.default_url", "", "");
  private static final Trait<String> NOTEBOOK_DIR = Trait.string("Spawner.notebook_dir", "", "");
  private static final Trait<Map<String, Object>> ENVIRONMENT =
      Trait.dict("Spawner.environment", Map.of(), "");

  /**
   * The start somebody has chosen.
   *
   * @throws SpawnFailure when their choice is none
   * @throws IllegalArgumentException when a profile has what no trait takes
   */
  static Launch of(KubeSettings settings, SpawnRequest request) throws SpawnFailure {
    // The hub has these, too, as they stand in the settings; a profile may take one away.
    var ofHub = new HashMap<>(request.environment());
    ofHub.keySet().removeAll(settings.environment().keySet());
    var launch =
        new Launch(settings.pods(), request.withEnvironment(ofHub), settings.environment());
    for (Map<String, Object> overrides : settings.profiles().overrides(request.userOptions())) {
      launch = launch.with(overrides);
    }
    return launch;
  }

  /** The same with the values of a profile. */
  private Launch with(Map<String, Object> overrides) {
    var ofPod = new LinkedHashMap<String, @Nullable Object>();
    Launch launch = this;
    for (var entry : overrides.entrySet()) {
      if (PodSettings.knows(entry.getKey())) {
        ofPod.put(entry.getKey(), entry.getValue());
      } else {
        launch = launch.with(entry.getKey(), entry.getValue());
      }
    }
    return new Launch(launch.settings.with(ofPod), launch.request, launch.environment);
  }

  private Launch with(String name, @Nullable Object value) {
    Limits old = request.limits();
    return switch (name) {
      case "mem_limit" ->
          with(
              new Limits(
                  MEM_LIMIT.valueOf(value).orElse(0L),
                  old.memoryGuarantee(),
                  old.cpu(),
                  old.cpuGuarantee()));
      case "mem_guarantee" ->
          with(
              new Limits(
                  old.memory(),
                  MEM_GUARANTEE.valueOf(value).orElse(0L),
                  old.cpu(),
                  old.cpuGuarantee()));
      case "cpu_limit" ->
          with(
              new Limits(
                  old.memory(),
                  old.memoryGuarantee(),
                  CPU_LIMIT.valueOf(value).orElse(0.0),
                  old.cpuGuarantee()));
      case "cpu_guarantee" ->
          with(
              new Limits(
                  old.memory(),
                  old.memoryGuarantee(),
                  old.cpu(),
                  CPU_GUARANTEE.valueOf(value).orElse(0.0)));
      case "cmd" ->
          with(CMD.valueOf(value).orElse(List.of()), old, request.rootDir(), request.defaultUrl());
      case "args" -> {
        var command = new ArrayList<>(request.command());
        command.addAll(ARGS.valueOf(value));
        yield with(command, old, request.rootDir(), request.defaultUrl());
      }
      case "default_url" ->
          with(request.command(), old, request.rootDir(), DEFAULT_URL.valueOf(value));
      case "notebook_dir" ->
          with(request.command(), old, NOTEBOOK_DIR.valueOf(value), request.defaultUrl());
      case "environment" -> {
        var merged = new LinkedHashMap<>(environment);
        ENVIRONMENT
            .valueOf(value)
            .forEach((variable, content) -> {
              if (content == null) {
                merged.remove(variable);
              } else {
                merged.put(variable, content);
              }
            });
        yield new Launch(settings, request, merged);
      }
      default ->
          throw new IllegalArgumentException(
              "kubespawner_override has '" + name + "', which no profile can change");
    };
  }

  private Launch with(Limits limits) {
    return with(request.command(), limits, request.rootDir(), request.defaultUrl());
  }

  private Launch with(List<String> command, Limits limits, String rootDir, String defaultUrl) {
    return new Launch(
        settings,
        new SpawnRequest(
            request.id(),
            request.who(),
            request.userId(),
            command,
            request.environment(),
            request.listen(),
            limits,
            rootDir,
            defaultUrl,
            request.userOptions(),
            request.earlier(),
            request.patience()),
        environment);
  }

  /** Fields for templates, before anything has a name. */
  Templates templates(String hubNamespace) {
    return templates(hubNamespace, NameFields.Scheme.of(settings.get(KubeTraits.SLUG_SCHEME)));
  }

  /** The same by another scheme than that of the settings. */
  Templates templates(String hubNamespace, NameFields.Scheme scheme) {
    return Templates.of(new NameFields(request.who(), request.userId(), hubNamespace, scheme));
  }

  /** What a new pod is called, and where it is. */
  PodNames names(String hubNamespace) {
    Templates templates = templates(hubNamespace);
    String namespace =
        settings.get(KubeTraits.ENABLE_USER_NAMESPACES)
            ? templates.filled(settings.get(KubeTraits.USER_NAMESPACE_TEMPLATE))
            : PodNames.namespace(settings, hubNamespace);
    return PodNames.of(settings, templates, namespace);
  }

  /** What a new claim is called. */
  String claim(PodNames names, Templates templates) {
    return names.in(templates).filled(settings.get(KubeTraits.PVC_NAME_TEMPLATE));
  }

  /** The pod, under the names it has got. */
  PodPlan plan(PodNames names, Templates templates, String claim) {
    Templates complete = names.in(templates).with("pvc_name", claim);
    int port = port();
    var variables = new LinkedHashMap<String, Object>(request.environmentAt(port));
    String image = settings.get(KubeTraits.IMAGE);
    variables.put("JUPYTER_IMAGE_SPEC", image);
    variables.put("JUPYTER_IMAGE", image);
    environment.forEach((name, value) -> {
      @Nullable Object filled = complete.filledTree(value);
      if (filled != null) {
        variables.put(name, filled);
      }
    });
    return new PodPlan(
        request.who(),
        names.pod(),
        settings,
        complete,
        request.command(),
        port,
        variables,
        request.limits());
  }

  private int port() {
    return request.listen().port() == 0 ? PORT : request.listen().port();
  }
}
