package dev.orrery.kubernetes.manifests;

import static dev.orrery.kubernetes.manifests.Trees.tree;

import dev.orrery.kubernetes.names.Templates;
import dev.orrery.spawner.spi.ServerName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The claim for the volume a server's files are on. */
public final class ClaimManifest {

  private ClaimManifest() {}

  /**
   * The claim as it is asked for.
   *
   * @param name of the claim
   */
  public static Map<String, Object> of(
      ServerName who, String name, PodSettings settings, Templates templates) {
    var marks = new Marks(settings, templates, who);
    Map<String, Object> labels = marks.labels(settings.get(KubeTraits.STORAGE_EXTRA_LABELS));
    labels.put("app.kubernetes.io/component", settings.get(KubeTraits.COMPONENT_LABEL));
    labels.put(Marks.COMPONENT, "singleuser-storage");
    Map<String, Object> annotations =
        marks.annotations(settings.get(KubeTraits.STORAGE_EXTRA_ANNOTATIONS));
    @Nullable String storageClass = settings.get(KubeTraits.STORAGE_CLASS).orElse(null);
    if (storageClass != null) {
      annotations.put("volume.beta.kubernetes.io/storage-class", storageClass);
    }
    Map<String, @Nullable Object> selector =
        templates.filledMap(settings.get(KubeTraits.STORAGE_SELECTOR));
    List<String> modes = settings.get(KubeTraits.STORAGE_ACCESS_MODES);
    return tree(
        "apiVersion",
        "v1",
        "kind",
        "PersistentVolumeClaim",
        "metadata",
        tree("name", name, "labels", labels, "annotations", annotations),
        "spec",
        tree(
            "accessModes",
            modes,
            "resources",
            tree("requests", tree("storage", capacity(settings))),
            "storageClassName",
            storageClass,
            "selector",
            selector.isEmpty() ? null : selector));
  }

  private static String capacity(PodSettings settings) {
    return settings
        .get(KubeTraits.STORAGE_CAPACITY)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "storage_pvc_ensure is set, and storage_capacity does not say how much is"
                    + " claimed; set it, e.g. to '5Gi'"));
  }
}
