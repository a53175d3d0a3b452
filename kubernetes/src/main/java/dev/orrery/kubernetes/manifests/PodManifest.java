package dev.orrery.kubernetes.manifests;

import static dev.orrery.kubernetes.manifests.Trees.tree;

import dev.orrery.config.Trait;
import dev.orrery.spawner.spi.SpawnRequest.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The pod of a server, the same that KubeSpawner makes of the same settings. */
public final class PodManifest {

  /** The container of the server. */
  public static final String CONTAINER = "notebook";

  /** The port of the server, by which it is found in a pod. */
  public static final String PORT = "notebook-port";

  private final PodPlan plan;
  private final PodSettings settings;

  private PodManifest(PodPlan plan) {
    this.plan = plan;
    this.settings = plan.settings();
  }

  /**
   * The pod as it is asked for.
   *
   * @throws IllegalArgumentException when the settings make none, with the setting and the reason
   */
  public static Map<String, Object> of(PodPlan plan) {
    return new PodManifest(plan).pod();
  }

  private Map<String, Object> pod() {
    var marks = new Marks(settings, plan.templates(), plan.who());
    return tree(
        "apiVersion",
        "v1",
        "kind",
        "Pod",
        "metadata",
        tree(
            "name",
            plan.name(),
            "labels",
            marks.podLabels(),
            "annotations",
            marks.annotations(settings.get(KubeTraits.EXTRA_ANNOTATIONS))),
        "spec",
        spec());
  }

  private Map<String, Object> spec() {
    Optional<String> account = settings.get(KubeTraits.SERVICE_ACCOUNT).map(this::filled);
    Map<String, Object> spec =
        tree(
            "restartPolicy",
            "OnFailure",
            "imagePullSecrets",
            pullSecrets(),
            "nodeSelector",
            unlessEmpty(settings.get(KubeTraits.NODE_SELECTOR)),
            "securityContext",
            unlessEmpty(podSecurity()),
            "serviceAccountName",
            account.orElse(null),
            "automountServiceAccountToken",
            tokenMounted(account),
            "containers",
            containers(),
            "tolerations",
            unlessEmpty(objects(KubeTraits.TOLERATIONS)),
            "initContainers",
            unlessEmpty(filledObjects(KubeTraits.INIT_CONTAINERS)),
            "volumes",
            filledObjects(KubeTraits.VOLUMES),
            "schedulerName",
            settings.get(KubeTraits.SCHEDULER_NAME).filter(name -> !name.isEmpty()).orElse(null),
            "affinity",
            unlessEmpty(affinity()),
            "priorityClassName",
            unlessEmpty(settings.get(KubeTraits.PRIORITY_CLASS_NAME)));
    Trees.override(spec, plan.templates().filledMap(settings.get(KubeTraits.EXTRA_POD_CONFIG)));
    return spec;
  }

  /** Nobody gets access to the cluster without somebody having said so. */
  private @Nullable Boolean tokenMounted(Optional<String> account) {
    return settings
        .get(KubeTraits.AUTOMOUNT_SERVICE_ACCOUNT_TOKEN)
        .orElse(account.isEmpty() ? Boolean.FALSE : null);
  }

  private List<Map<String, Object>> pullSecrets() {
    return switch (settings.get(KubeTraits.IMAGE_PULL_SECRETS)) {
      case String name -> List.of(tree("name", name));
      case List<?> secrets ->
          secrets.stream()
              .map(secret ->
                  secret instanceof String name
                      ? tree("name", name)
                      : Trees.object(secret, KubeTraits.IMAGE_PULL_SECRETS.name()))
              .toList();
      default -> List.of();
    };
  }

  private List<Map<String, Object>> containers() {
    var containers = new ArrayList<Map<String, Object>>();
    containers.add(container());
    containers.addAll(filledObjects(KubeTraits.EXTRA_CONTAINERS));
    return containers;
  }

  private Map<String, Object> container() {
    Map<String, Object> container =
        tree(
            "name",
            CONTAINER,
            "image",
            settings.get(KubeTraits.IMAGE),
            "imagePullPolicy",
            settings.get(KubeTraits.IMAGE_PULL_POLICY).orElse(null),
            "workingDir",
            settings.get(KubeTraits.WORKING_DIR).map(this::filled).orElse(null),
            "args",
            unlessEmpty(plan.command()),
            "ports",
            List.of(tree("name", PORT, "containerPort", plan.port())),
            "env",
            Variables.ordered(plan.environment()),
            "resources",
            resources(),
            "volumeMounts",
            filledObjects(KubeTraits.VOLUME_MOUNTS),
            "lifecycle",
            Trees.object(
                settings.get(KubeTraits.LIFECYCLE_HOOKS), KubeTraits.LIFECYCLE_HOOKS.name()),
            "securityContext",
            unlessEmpty(containerSecurity()));
    Trees.override(container, settings.get(KubeTraits.EXTRA_CONTAINER_CONFIG));
    return container;
  }

  private Map<String, Object> resources() {
    Limits limits = plan.limits();
    return tree(
        "requests",
        amounts(
            limits.cpuGuarantee(),
            limits.memoryGuarantee(),
            settings.get(KubeTraits.EXTRA_RESOURCE_GUARANTEES)),
        "limits",
        amounts(limits.cpu(), limits.memory(), settings.get(KubeTraits.EXTRA_RESOURCE_LIMITS)));
  }

  private static Map<String, Object> amounts(double cpu, long memory, Map<String, Object> extra) {
    Map<String, Object> amounts =
        tree("cpu", cpu > 0 ? cpu : null, "memory", memory > 0 ? memory : null);
    amounts.putAll(extra);
    return amounts;
  }

  private Map<String, Object> podSecurity() {
    Map<String, Object> security =
        tree(
            "fsGroup",
            settings.get(KubeTraits.FS_GID).orElse(null),
            "supplementalGroups",
            unlessEmpty(settings.get(KubeTraits.SUPPLEMENTAL_GIDS)));
    security.putAll(camelCase(KubeTraits.POD_SECURITY_CONTEXT));
    return security;
  }

  private Map<String, Object> containerSecurity() {
    Map<String, Object> security =
        tree(
            "runAsUser",
            settings.get(KubeTraits.UID).orElse(null),
            "runAsGroup",
            settings.get(KubeTraits.GID).orElse(null),
            "privileged",
            settings.get(KubeTraits.PRIVILEGED) ? true : null,
            "allowPrivilegeEscalation",
            settings.get(KubeTraits.ALLOW_PRIVILEGE_ESCALATION).orElse(null));
    security.putAll(camelCase(KubeTraits.CONTAINER_SECURITY_CONTEXT));
    return security;
  }

  /** A misspelt field here would leave a pod with more rights than meant. */
  private Map<String, Object> camelCase(Trait<Map<String, Object>> trait) {
    Map<String, Object> context = settings.get(trait);
    for (String field : context.keySet()) {
      if (field.contains("_")) {
        throw new IllegalArgumentException(
            trait.name() + " has '" + field + "'; write '" + Trees.field(field) + "'");
      }
    }
    return context;
  }

  private Map<String, Object> affinity() {
    List<?> nodes = objects(KubeTraits.NODE_AFFINITY_REQUIRED);
    return tree(
        "nodeAffinity",
        affinity(
            KubeTraits.NODE_AFFINITY_PREFERRED,
            nodes.isEmpty() ? null : tree("nodeSelectorTerms", nodes)),
        "podAffinity",
        affinity(
            KubeTraits.POD_AFFINITY_PREFERRED,
            unlessEmpty(objects(KubeTraits.POD_AFFINITY_REQUIRED))),
        "podAntiAffinity",
        affinity(
            KubeTraits.POD_ANTI_AFFINITY_PREFERRED,
            unlessEmpty(objects(KubeTraits.POD_ANTI_AFFINITY_REQUIRED))));
  }

  private @Nullable Map<String, Object> affinity(
      Trait<Object> preferred, @Nullable Object required) {
    return unlessEmpty(
        tree(
            "preferredDuringSchedulingIgnoredDuringExecution",
            unlessEmpty(objects(preferred)),
            "requiredDuringSchedulingIgnoredDuringExecution",
            required));
  }

  private List<Map<String, Object>> objects(Trait<Object> trait) {
    return Trees.objects(settings.entries(trait), trait.name());
  }

  private List<Map<String, Object>> filledObjects(Trait<Object> trait) {
    return Trees.objects(plan.templates().filledItems(settings.entries(trait)), trait.name());
  }

  private String filled(String template) {
    return plan.templates().filled(template);
  }

  private static <T> @Nullable Map<String, T> unlessEmpty(Map<String, T> map) {
    return map.isEmpty() ? null : map;
  }

  private static <T> @Nullable List<T> unlessEmpty(List<T> list) {
    return list.isEmpty() ? null : list;
  }

  private static @Nullable String unlessEmpty(String text) {
    return text.isEmpty() ? null : text;
  }
}
