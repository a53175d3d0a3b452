package dev.orrery.kubernetes.manifests;

import static dev.orrery.config.Trait.Form.DICT;
import static dev.orrery.config.Trait.Form.LIST;
import static dev.orrery.config.Trait.Form.TEXT;

import dev.orrery.config.Trait;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the pods of people can be told, by the names that KubeSpawner 7.1 has for it. */
public final class KubeTraits {

  private static final String SECTION = "KubeSpawner.";

  // Names.
  public static final Trait<String> POD_NAME_TEMPLATE =
      text("pod_name_template", "jupyter-{user_server}", "The name of a pod.");
  public static final Trait<String> PVC_NAME_TEMPLATE =
      text("pvc_name_template", "claim-{user_server}", "The name of the claim for a volume.");
  public static final Trait<String> DNS_NAME_TEMPLATE =
      text(
          "dns_name_template",
          "{name}.{namespace}.svc.cluster.local",
          "The name by which others in the cluster find a pod that has a Service.");
  public static final Trait<String> SLUG_SCHEME =
      Trait.choice(
          SECTION + "slug_scheme",
          List.of("safe", "escape"),
          "safe",
          "How names of people become names of objects; escape is that of KubeSpawner before 7.");
  public static final Trait<Boolean> HANDLE_LEGACY_NAMES =
      truth(
          "handle_legacy_names",
          true,
          "Look for volumes that have the names of KubeSpawner before 7.");
  public static final Trait<Boolean> REMEMBER_PVC_NAME =
      truth(
          "remember_pvc_name",
          true,
          "Keep to the volume a server once had, whatever the template says now.");
  public static final Trait<String> COMPONENT_LABEL =
      text("component_label", "singleuser-server", "The label component of all pods.");
  public static final Trait<String> NAMESPACE =
      Trait.string(SECTION + "namespace", "", "Where pods are made.")
          .computed("the hub's own namespace, or that of the kubeconfig file");
  public static final Trait<Boolean> ENABLE_USER_NAMESPACES =
      truth("enable_user_namespaces", false, "A namespace for each person.");
  public static final Trait<String> USER_NAMESPACE_TEMPLATE =
      text(
          "user_namespace_template",
          "{hubnamespace}-{username}",
          "The name of a person's namespace.");
  public static final Trait<Map<String, Object>> USER_NAMESPACE_LABELS =
      dict("user_namespace_labels", "Labels of people's namespaces.");
  public static final Trait<Map<String, Object>> USER_NAMESPACE_ANNOTATIONS =
      dict("user_namespace_annotations", "Annotations of people's namespaces.");

  // The server's container.
  public static final Trait<String> IMAGE =
      text("image", "quay.io/jupyterhub/singleuser:latest", "What runs in a pod.");
  public static final Trait<Optional<String>> IMAGE_PULL_POLICY =
      text("image_pull_policy", "", "Always, IfNotPresent or Never.").orNone();
  public static final Trait<Object> IMAGE_PULL_SECRETS =
      Trait.anyOf(
          SECTION + "image_pull_secrets",
          EnumSet.of(LIST, TEXT),
          List.of(),
          "Secrets for the registry of the image: names, or objects with a name.");
  public static final Trait<Optional<String>> WORKING_DIR =
      text("working_dir", "", "The folder the server is started in.").orNone();
  public static final Trait<Map<String, Object>> LIFECYCLE_HOOKS =
      dict("lifecycle_hooks", "What Kubernetes does after the start and before the end.");
  public static final Trait<Map<String, Object>> EXTRA_CONTAINER_CONFIG =
      dict("extra_container_config", "Fields of the server's container; they win over all else.");

  // Who the server is, and what it may do.
  public static final Trait<Optional<String>> SERVICE_ACCOUNT =
      text("service_account", "", "The account of Kubernetes that pods have.").orNone();
  public static final Trait<Optional<Boolean>> AUTOMOUNT_SERVICE_ACCOUNT_TOKEN =
      truth("automount_service_account_token", false, "Whether pods get the account's token.")
          .orNone()
          .computed("they do where service_account is set");
  public static final Trait<Optional<Long>> UID = number("uid", "The user a server runs as.");
  public static final Trait<Optional<Long>> GID = number("gid", "The group a server runs as.");
  public static final Trait<Optional<Long>> FS_GID = number("fs_gid", "The group of volumes.");
  public static final Trait<List<Object>> SUPPLEMENTAL_GIDS =
      Trait.list(SECTION + "supplemental_gids", List.of(), "Further groups of a server.");
  public static final Trait<Boolean> PRIVILEGED =
      truth("privileged", false, "Let servers do on the node whatever root may.");
  public static final Trait<Optional<Boolean>> ALLOW_PRIVILEGE_ESCALATION =
      truth(
              "allow_privilege_escalation",
              false,
              "Whether sudo and the like work; None to leave it to the cluster.")
          .allowingNone();
  public static final Trait<Map<String, Object>> CONTAINER_SECURITY_CONTEXT =
      dict("container_security_context", "The securityContext of the server's container.");
  public static final Trait<Map<String, Object>> POD_SECURITY_CONTEXT =
      dict("pod_security_context", "The securityContext of the pod.");

  // What it uses.
  public static final Trait<Map<String, Object>> EXTRA_RESOURCE_LIMITS =
      dict("extra_resource_limits", "Further limits, e.g. {'nvidia.com/gpu': '1'}.");
  public static final Trait<Map<String, Object>> EXTRA_RESOURCE_GUARANTEES =
      dict("extra_resource_guarantees", "Further requests.");

  // Volumes.
  public static final Trait<Boolean> STORAGE_PVC_ENSURE =
      truth("storage_pvc_ensure", false, "Make a claim for a volume where there is none.");
  public static final Trait<Optional<String>> STORAGE_CAPACITY =
      text("storage_capacity", "", "How much is claimed, e.g. 5Gi.").orNone();
  public static final Trait<Optional<String>> STORAGE_CLASS =
      text("storage_class", "", "The StorageClass; an empty one for volumes made by hand.")
          .orNone();
  public static final Trait<List<String>> STORAGE_ACCESS_MODES =
      Trait.strings(
          SECTION + "storage_access_modes", List.of("ReadWriteOnce"), "Who may mount the volume.");
  public static final Trait<Map<String, Object>> STORAGE_SELECTOR =
      dict("storage_selector", "Which volumes are meant.");
  public static final Trait<Map<String, Object>> STORAGE_EXTRA_LABELS =
      dict("storage_extra_labels", "Further labels of claims.");
  public static final Trait<Map<String, Object>> STORAGE_EXTRA_ANNOTATIONS =
      dict("storage_extra_annotations", "Further annotations of claims.");
  public static final Trait<Boolean> DELETE_PVC =
      truth(
          "delete_pvc",
          true,
          "Delete the claim, and with it the files, when a server is deleted for good.");
  public static final Trait<Object> VOLUMES = entries("volumes", "Volumes of a pod.");
  public static final Trait<Object> VOLUME_MOUNTS =
      entries("volume_mounts", "Where the server has them.");

  // Where it runs.
  public static final Trait<Map<String, Object>> NODE_SELECTOR =
      dict("node_selector", "Labels a node must have.");
  public static final Trait<Optional<String>> SCHEDULER_NAME =
      text("scheduler_name", "", "What chooses the node.").orNone();
  public static final Trait<String> PRIORITY_CLASS_NAME =
      text("priority_class_name", "", "The PriorityClass of pods.");
  public static final Trait<Object> TOLERATIONS =
      entries("tolerations", "Taints that do not count.");
  public static final Trait<Object> NODE_AFFINITY_PREFERRED =
      entries("node_affinity_preferred", "Nodes that are better, each with a weight.");
  public static final Trait<Object> NODE_AFFINITY_REQUIRED =
      entries("node_affinity_required", "Nodes that will do.");
  public static final Trait<Object> POD_AFFINITY_PREFERRED =
      entries("pod_affinity_preferred", "Pods beside which it is better, each with a weight.");
  public static final Trait<Object> POD_AFFINITY_REQUIRED =
      entries("pod_affinity_required", "Pods beside which it has to be.");
  public static final Trait<Object> POD_ANTI_AFFINITY_PREFERRED =
      entries("pod_anti_affinity_preferred", "Pods it is better away from, each with a weight.");
  public static final Trait<Object> POD_ANTI_AFFINITY_REQUIRED =
      entries("pod_anti_affinity_required", "Pods it may not be beside.");

  // What pods have besides.
  public static final Trait<Map<String, Object>> COMMON_LABELS =
      Trait.dict(SECTION + "common_labels", commonLabels(), "Labels of all that is made.");
  public static final Trait<Map<String, Object>> EXTRA_LABELS =
      dict("extra_labels", "Further labels of pods.");
  public static final Trait<Map<String, Object>> EXTRA_ANNOTATIONS =
      dict("extra_annotations", "Further annotations of pods.");
  public static final Trait<Object> INIT_CONTAINERS =
      entries("init_containers", "Containers that end before the server starts.");
  public static final Trait<Object> EXTRA_CONTAINERS =
      entries("extra_containers", "Containers beside that of the server.");
  public static final Trait<Map<String, Object>> EXTRA_POD_CONFIG =
      dict("extra_pod_config", "Fields of the pod's spec; they win over all else.");

  /** Those a manifest depends on, which a profile may have other values for. */
  public static final List<Trait<?>> OF_MANIFESTS =
      List.of(
          POD_NAME_TEMPLATE,
          PVC_NAME_TEMPLATE,
          DNS_NAME_TEMPLATE,
          SLUG_SCHEME,
          HANDLE_LEGACY_NAMES,
          REMEMBER_PVC_NAME,
          COMPONENT_LABEL,
          NAMESPACE,
          ENABLE_USER_NAMESPACES,
          USER_NAMESPACE_TEMPLATE,
          USER_NAMESPACE_LABELS,
          USER_NAMESPACE_ANNOTATIONS,
          IMAGE,
          IMAGE_PULL_POLICY,
          IMAGE_PULL_SECRETS,
          WORKING_DIR,
          LIFECYCLE_HOOKS,
          EXTRA_CONTAINER_CONFIG,
          SERVICE_ACCOUNT,
          AUTOMOUNT_SERVICE_ACCOUNT_TOKEN,
          UID,
          GID,
          FS_GID,
          SUPPLEMENTAL_GIDS,
          PRIVILEGED,
          ALLOW_PRIVILEGE_ESCALATION,
          CONTAINER_SECURITY_CONTEXT,
          POD_SECURITY_CONTEXT,
          EXTRA_RESOURCE_LIMITS,
          EXTRA_RESOURCE_GUARANTEES,
          STORAGE_PVC_ENSURE,
          STORAGE_CAPACITY,
          STORAGE_CLASS,
          STORAGE_ACCESS_MODES,
          STORAGE_SELECTOR,
          STORAGE_EXTRA_LABELS,
          STORAGE_EXTRA_ANNOTATIONS,
          DELETE_PVC,
          VOLUMES,
          VOLUME_MOUNTS,
          NODE_SELECTOR,
          SCHEDULER_NAME,
          PRIORITY_CLASS_NAME,
          TOLERATIONS,
          NODE_AFFINITY_PREFERRED,
          NODE_AFFINITY_REQUIRED,
          POD_AFFINITY_PREFERRED,
          POD_AFFINITY_REQUIRED,
          POD_ANTI_AFFINITY_PREFERRED,
          POD_ANTI_AFFINITY_REQUIRED,
          COMMON_LABELS,
          EXTRA_LABELS,
          EXTRA_ANNOTATIONS,
          INIT_CONTAINERS,
          EXTRA_CONTAINERS,
          EXTRA_POD_CONFIG);

  private KubeTraits() {}

  private static Map<String, Object> commonLabels() {
    var labels = new LinkedHashMap<String, Object>();
    labels.put("app.kubernetes.io/name", "jupyterhub");
    labels.put("app.kubernetes.io/managed-by", "kubespawner");
    labels.put("app", "jupyterhub");
    labels.put("heritage", "jupyterhub");
    return labels;
  }

  private static Trait<String> text(String name, String usual, String help) {
    return Trait.string(SECTION + name, usual, help);
  }

  private static Trait<Boolean> truth(String name, boolean usual, String help) {
    return Trait.bool(SECTION + name, usual, help);
  }

  private static Trait<Optional<Long>> number(String name, String help) {
    return Trait.longInteger(SECTION + name, 0, help).orNone();
  }

  private static Trait<Map<String, Object>> dict(String name, String help) {
    return Trait.dict(SECTION + name, Map.of(), help);
  }

  private static Trait<Object> entries(String name, String help) {
    return Trait.anyOf(
        SECTION + name,
        EnumSet.of(LIST, DICT),
        List.of(),
        help + " A list, or a dictionary whose values are taken in the order of their keys.");
  }
}
