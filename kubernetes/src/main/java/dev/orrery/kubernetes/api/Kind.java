package dev.orrery.kubernetes.api;

import static java.util.Objects.requireNonNull;

/**
 * A kind of object.
 *
 * @param group its group and version as a path, e.g. {@code api/v1} or {@code apis/apps/v1}
 * @param plural its name in paths, e.g. {@code pods}
 * @param namespaced whether its objects are in namespaces
 */
public record Kind(String group, String plural, boolean namespaced) {

  public static final Kind POD = core("pods");
  public static final Kind CLAIM = core("persistentvolumeclaims");
  public static final Kind SERVICE = core("services");
  public static final Kind EVENT = core("events");
  public static final Kind CONFIG_MAP = core("configmaps");
  public static final Kind DEPLOYMENT = new Kind("apis/apps/v1", "deployments", true);
  public static final Kind INGRESS = new Kind("apis/networking.k8s.io/v1", "ingresses", true);
  public static final Kind NAMESPACE = new Kind("api/v1", "namespaces", false);

  public Kind {
    requireNonNull(group, "group");
    requireNonNull(plural, "plural");
  }

  private static Kind core(String plural) {
    return new Kind("api/v1", plural, true);
  }

  /** The path of all of them. */
  String path(String namespace) {
    return "/"
        + group
        + (namespaced && !namespace.isEmpty() ? "/namespaces/" + namespace : "")
        + "/"
        + plural;
  }
}
