package dev.orrery.kubernetes.manifests;

import dev.orrery.kubernetes.names.Slugs;
import dev.orrery.kubernetes.names.Templates;
import dev.orrery.spawner.spi.ServerName;
import java.util.LinkedHashMap;
import java.util.Map;

/** The labels and annotations by which pods and volumes are known as somebody's. */
public final class Marks {

  /** The label of all pods of a hub; its value is that of {@link KubeTraits#COMPONENT_LABEL}. */
  public static final String COMPONENT = "component";

  /** The annotation that has whose something is. */
  public static final String USER_NAME = "hub.jupyter.org/username";

  /** The annotation that has which of their servers it belongs to; the default one has none. */
  public static final String SERVER_NAME = "hub.jupyter.org/servername";

  /** The version of KubeSpawner that objects and recorded states are those of. */
  public static final String KUBESPAWNER_VERSION = "7.1.0";

  private static final String JUPYTERHUB_VERSION = "6.1.1";

  private final PodSettings settings;
  private final Templates templates;
  private final ServerName who;

  Marks(PodSettings settings, Templates templates, ServerName who) {
    this.settings = settings;
    this.templates = templates;
    this.who = who;
  }

  /** Labels of whatever belongs to the server. */
  Map<String, Object> labels(Map<String, Object> extra) {
    var labels = new LinkedHashMap<String, Object>();
    labels.put(USER_NAME, Slugs.labelValue(who.user()));
    templates.filledMap(extra).forEach((name, value) -> labels.put(name, String.valueOf(value)));
    labels.putAll(settings.get(KubeTraits.COMMON_LABELS));
    return labels;
  }

  /** Labels of the pod, by which its Service finds it. */
  Map<String, Object> podLabels() {
    Map<String, Object> labels = labels(settings.get(KubeTraits.EXTRA_LABELS));
    labels.put("app.kubernetes.io/component", settings.get(KubeTraits.COMPONENT_LABEL));
    labels.put(COMPONENT, settings.get(KubeTraits.COMPONENT_LABEL));
    labels.put(SERVER_NAME, Slugs.labelValue(who.server()));
    return labels;
  }

  /** Annotations of whatever belongs to the server. */
  Map<String, Object> annotations(Map<String, Object> extra) {
    var annotations = new LinkedHashMap<String, Object>();
    annotations.put(USER_NAME, who.user());
    if (!who.server().isEmpty()) {
      annotations.put(SERVER_NAME, who.server());
    }
    annotations.put("hub.jupyter.org/kubespawner-version", KUBESPAWNER_VERSION);
    annotations.put("hub.jupyter.org/jupyterhub-version", JUPYTERHUB_VERSION);
    templates
        .filledMap(extra)
        .forEach((name, value) -> annotations.put(name, String.valueOf(value)));
    return annotations;
  }
}
