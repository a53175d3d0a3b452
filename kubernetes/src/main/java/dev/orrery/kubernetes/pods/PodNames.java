package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.PodView;
import dev.orrery.kubernetes.manifests.KubeTraits;
import dev.orrery.kubernetes.manifests.Marks;
import dev.orrery.kubernetes.manifests.PodSettings;
import dev.orrery.kubernetes.names.Templates;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the objects of a server are called. The hub records it with the server, under the keys that
 * KubeSpawner has, so that they are found again whatever the settings say later.
 *
 * @param pod its pod
 * @param namespace where everything of it is
 * @param dns by which others in the cluster find the pod where it has a Service
 * @param uid of the pod, an empty text as long as none is made; nothing where KubeSpawner has
 *     recorded the rest, whose pod is whichever has the name
 * @param claim for its volume; nothing as long as nobody has seen that there is one
 */
record PodNames(
    String pod, String namespace, String dns, Optional<String> uid, Optional<String> claim) {

  private static final String POD = "pod_name";
  private static final String NAMESPACE = "namespace";
  private static final String DNS = "dns_name";
  private static final String CLAIM = "pvc_name";
  private static final String VERSION = "kubespawner_version";

  /** Ours: a later pod may have the same name. */
  private static final String UID = "pod_uid";

  /** What the settings say for a new pod. */
  static PodNames of(PodSettings settings, Templates templates, String namespace) {
    String pod = templates.filled(settings.get(KubeTraits.POD_NAME_TEMPLATE));
    String dns =
        templates
            .with("name", pod)
            .with("namespace", namespace)
            .filled(settings.get(KubeTraits.DNS_NAME_TEMPLATE));
    return new PodNames(pod, namespace, dns, Optional.of(""), Optional.empty());
  }

  /** Those of a pod that nobody has recorded. */
  static PodNames of(PodView pod) {
    return new PodNames(pod.name(), pod.namespace(), "", Optional.of(pod.uid()), Optional.empty());
  }

  /** Where pods are for which no namespace of its own is made. */
  static String namespace(PodSettings settings, String ofHub) {
    String configured = settings.get(KubeTraits.NAMESPACE);
    return configured.isEmpty() ? ofHub : configured;
  }

  /** What was recorded; nothing where no pod was. */
  static Optional<PodNames> of(Map<String, Object> state) {
    String pod = text(state, POD);
    return pod.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new PodNames(
                pod,
                text(state, NAMESPACE),
                text(state, DNS),
                state.containsKey(UID) ? Optional.of(text(state, UID)) : Optional.empty(),
                claim(state)));
  }

  /** The recorded claim, which outlives the pod. */
  static Optional<String> claim(Map<String, Object> state) {
    return Optional.of(text(state, CLAIM)).filter(name -> !name.isEmpty());
  }

  /** The recorded namespace, which the claim is in. */
  static Optional<String> namespace(Map<String, Object> state) {
    return Optional.of(text(state, NAMESPACE)).filter(name -> !name.isEmpty());
  }

  /** What of a recorded state outlives the pod. */
  static Map<String, Object> kept(Map<String, Object> state) {
    var kept = new LinkedHashMap<>(state);
    kept.keySet().retainAll(List.of(VERSION, NAMESPACE, CLAIM));
    return kept.containsKey(CLAIM) ? kept : Map.of();
  }

  /** Whether it was recorded by a KubeSpawner before 7, which had other names. */
  static boolean isOld(Map<String, Object> state) {
    return !state.isEmpty() && !state.containsKey(VERSION);
  }

  private static String text(Map<String, Object> state, String key) {
    return state.get(key) instanceof String text ? text : "";
  }

  /** Whether there is a pod of these names: before it is made, what has them is somebody else's. */
  boolean areOfAPod() {
    return !uid.equals(Optional.of(""));
  }

  /** Whether it is this pod. */
  boolean mean(PodView view) {
    return uid.isEmpty() || uid.get().equals(view.uid());
  }

  /** Templates that may have these names in them. */
  Templates in(Templates templates) {
    return templates.with("namespace", namespace).with("pod_name", pod);
  }

  PodNames withUid(String newUid) {
    return new PodNames(pod, namespace, dns, Optional.of(newUid), claim);
  }

  PodNames withClaim(String name) {
    return new PodNames(pod, namespace, dns, uid, Optional.of(name));
  }

  /** As it is recorded. */
  Map<String, Object> state() {
    var state = new LinkedHashMap<String, Object>();
    state.put(VERSION, Marks.KUBESPAWNER_VERSION);
    state.put(POD, pod);
    state.put(NAMESPACE, namespace);
    state.put(DNS, dns);
    claim.ifPresent(name -> state.put(CLAIM, name));
    uid.ifPresent(known -> state.put(UID, known));
    return state;
  }
}
