package dev.orrery.kubernetes.manifests;

import static dev.orrery.kubernetes.manifests.Trees.tree;

import dev.orrery.kubernetes.names.Templates;
import java.util.List;
import java.util.Map;

/** What some pods have beside them. */
public final class OtherManifests {

  private OtherManifests() {}

  /** The Service by whose name others in the cluster find the pod; it goes with the pod. */
  public static Map<String, Object> service(PodPlan plan, String podUid) {
    var marks = new Marks(plan.settings(), plan.templates(), plan.who());
    PodSettings settings = plan.settings();
    return tree(
        "apiVersion",
        "v1",
        "kind",
        "Service",
        "metadata",
        tree(
            "name",
            plan.name(),
            "labels",
            marks.labels(settings.get(KubeTraits.EXTRA_LABELS)),
            "annotations",
            marks.annotations(settings.get(KubeTraits.EXTRA_ANNOTATIONS)),
            "ownerReferences",
            List.of(owner(plan.name(), podUid))),
        "spec",
        tree(
            "type",
            "ClusterIP",
            "ports",
            List.of(tree("name", "http", "port", plan.port(), "targetPort", plan.port())),
            "selector",
            marks.podLabels()));
  }

  private static Map<String, Object> owner(String pod, String uid) {
    return tree(
        "apiVersion",
        "v1",
        "kind",
        "Pod",
        "name",
        pod,
        "uid",
        uid,
        "blockOwnerDeletion",
        true,
        "controller",
        false);
  }

  /** A person's namespace. */
  public static Map<String, Object> namespace(
      String name, PodSettings settings, Templates templates) {
    return tree(
        "apiVersion",
        "v1",
        "kind",
        "Namespace",
        "metadata",
        tree(
            "name",
            name,
            "labels",
            templates.filledMap(settings.get(KubeTraits.USER_NAMESPACE_LABELS)),
            "annotations",
            templates.filledMap(settings.get(KubeTraits.USER_NAMESPACE_ANNOTATIONS))));
  }
}
