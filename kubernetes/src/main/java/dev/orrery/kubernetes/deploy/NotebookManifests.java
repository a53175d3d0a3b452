package dev.orrery.kubernetes.deploy;

import static dev.orrery.kubernetes.manifests.Trees.tree;

import dev.orrery.kubernetes.deploy.NotebookPlan.Entrance;
import dev.orrery.kubernetes.deploy.NotebookPlan.Resources;
import dev.orrery.kubernetes.deploy.NotebookPlan.Storage;
import dev.orrery.kubernetes.manifests.PodManifest;
import dev.orrery.kubernetes.names.Sha256;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The objects of a notebook. The same plan always makes the same ones. */
final class NotebookManifests {

  /** The name of the port of the Service. */
  static final String SERVICE_PORT = "8888-tcp";

  /** The key of the settings in their ConfigMap, and the name of their file. */
  static final String SETTINGS_FILE = "jupyter_server_config.json";

  /** A changed password changes the pod by this, so that it is started anew. */
  static final String CHECKSUM = "orrery.dev/settings-checksum";

  private static final String SETTINGS_FOLDER = "/var/run/jupyter";
  private static final String HOME = "/home/jovyan";

  /** Of the user jovyan, in docker-stacks' images. */
  private static final int USER = 1000;

  private static final int GROUP = 100;

  /** A WebSocket on which nothing is said is a notebook somebody thinks about. */
  private static final String LONG = "3600";

  /** The largest request that Jupyter Server takes. */
  private static final String LARGEST_REQUEST = "512m";

  private final NotebookPlan plan;

  private NotebookManifests(NotebookPlan plan) {
    this.plan = plan;
  }

  /** All objects of the plan, in the order of {@link Part}. */
  static Map<Part, Map<String, Object>> of(NotebookPlan plan) {
    var manifests = new NotebookManifests(plan);
    var all = new EnumMap<Part, Map<String, Object>>(Part.class);
    plan.storage().ifPresent(storage -> all.put(Part.CLAIM, manifests.claim(storage)));
    all.put(Part.SETTINGS, manifests.settings());
    all.put(Part.SERVICE, manifests.service());
    all.put(Part.DEPLOYMENT, manifests.deployment());
    plan.entrance().ifPresent(entrance -> all.put(Part.INGRESS, manifests.ingress(entrance)));
    return all;
  }

  private Map<String, Object> object(
      Part part, @Nullable Map<String, Object> annotations, String field, Object content) {
    return tree(
        "apiVersion",
        part.apiVersion(),
        "kind",
        part.title(),
        "metadata",
        tree(
            "name",
            plan.name(),
            "namespace",
            plan.namespace().isEmpty() ? null : plan.namespace(),
            "labels",
            Ownership.labels(plan.name()),
            "annotations",
            annotations),
        field,
        content);
  }

  private Map<String, Object> claim(Storage storage) {
    return object(
        Part.CLAIM,
        null,
        "spec",
        tree(
            "accessModes",
            List.of("ReadWriteOnce"),
            "storageClassName",
            storage.kind().orElse(null),
            "resources",
            tree(
                "requests", tree("storage", storage.size().orElse(NotebookPlan.DEFAULT_STORAGE)))));
  }

  /**
   * A ConfigMap and no Secret: of a password it has the salted hash alone, and there is nothing in
   * it that who looks after the notebook should not see.
   */
  private Map<String, Object> settings() {
    return object(Part.SETTINGS, null, "data", tree(SETTINGS_FILE, plan.settings().text()));
  }

  private Map<String, Object> service() {
    return object(
        Part.SERVICE,
        null,
        "spec",
        tree(
            "ports",
            List.of(
                tree(
                    "name",
                    SERVICE_PORT,
                    "port",
                    NotebookPlan.PORT,
                    "targetPort",
                    NotebookPlan.PORT)),
            "selector",
            Ownership.selector(plan.name())));
  }

  private Map<String, Object> deployment() {
    return object(
        Part.DEPLOYMENT,
        null,
        "spec",
        tree(
            "replicas",
            1,
            // Of two pods at once the second could not have the volume.
            "strategy",
            tree("type", "Recreate"),
            "selector",
            tree("matchLabels", Ownership.selector(plan.name())),
            "template",
            tree(
                "metadata",
                tree(
                    "labels",
                    Ownership.labels(plan.name()),
                    "annotations",
                    tree(CHECKSUM, Sha256.hex(plan.settings().text()))),
                "spec",
                pod())));
  }

  private Map<String, Object> pod() {
    return tree(
        "automountServiceAccountToken",
        false,
        // A Service that is called jupyter would set JUPYTER_PORT, and a server would try to use
        // it.
        "enableServiceLinks",
        false,
        "securityContext",
        tree(
            "runAsNonRoot",
            true,
            "runAsUser",
            USER,
            "runAsGroup",
            GROUP,
            "fsGroup",
            GROUP,
            "fsGroupChangePolicy",
            "OnRootMismatch",
            "seccompProfile",
            tree("type", "RuntimeDefault")),
        "containers",
        List.of(container()),
        "volumes",
        List.of(
            plan.storage().isPresent()
                ? tree("name", "files", "persistentVolumeClaim", tree("claimName", plan.name()))
                : tree("name", "files", "emptyDir", tree()),
            tree("name", "settings", "configMap", tree("name", plan.name()))));
  }

  private Map<String, Object> container() {
    return tree(
        "name",
        PodManifest.CONTAINER,
        "image",
        plan.image(),
        "args",
        List.of("start-notebook.sh", "--config", SETTINGS_FOLDER + "/" + SETTINGS_FILE),
        "env",
        plan.variables().isEmpty() ? null : variables(),
        "ports",
        List.of(tree("name", PodManifest.PORT, "containerPort", NotebookPlan.PORT)),
        "readinessProbe",
        probe(),
        "resources",
        resources(plan.resources()),
        "securityContext",
        tree("allowPrivilegeEscalation", false, "capabilities", tree("drop", List.of("ALL"))),
        "volumeMounts",
        List.of(
            tree("name", "files", "mountPath", HOME),
            tree("name", "settings", "mountPath", SETTINGS_FOLDER, "readOnly", true)));
  }

  /**
   * The version, which Jupyter Server tells whoever asks. A port that is open says less: it is
   * before the extensions are loaded. The host is one that is let in whatever the settings say of
   * others.
   */
  private Map<String, Object> probe() {
    return tree(
        "httpGet",
        tree(
            "path",
            plan.settings().baseUrl() + "api",
            "port",
            NotebookPlan.PORT,
            "httpHeaders",
            List.of(tree("name", "Host", "value", "127.0.0.1"))),
        "periodSeconds",
        3,
        "timeoutSeconds",
        5);
  }

  /**
   * They are taken as they are: Kubernetes would put something else in the place of {@code $(A)}.
   */
  private List<Map<String, Object>> variables() {
    var list = new ArrayList<Map<String, Object>>();
    plan.variables()
        .forEach((name, value) -> list.add(tree("name", name, "value", value.replace("$", "$$"))));
    return list;
  }

  /**
   * What somebody asks for is kept free for them and is the limit: memory can't be taken back, and
   * a quota may ask for both. Without a wish there is no limit, for a kernel that needs a little
   * more than the usual amount would be killed though there is room.
   */
  private static Map<String, Object> resources(Resources wanted) {
    @Nullable String cpu = wanted.cpu().orElse(null);
    Map<String, Object> limits =
        tree(
            "cpu",
            cpu,
            "memory",
            wanted.memory().orElse(null),
            "nvidia.com/gpu",
            wanted.gpus() == 0 ? null : wanted.gpus());
    return tree(
        "requests",
        tree("cpu", cpu, "memory", wanted.memory().orElse(NotebookPlan.DEFAULT_MEMORY)),
        "limits",
        limits.isEmpty() ? null : limits);
  }

  private Map<String, Object> ingress(Entrance entrance) {
    return object(
        Part.INGRESS,
        annotations(),
        "spec",
        tree(
            "ingressClassName",
            entrance.kind().orElse(null),
            "tls",
            entrance
                .tlsSecret()
                .map(secret ->
                    List.of(tree("hosts", List.of(entrance.host()), "secretName", secret)))
                .orElse(null),
            "rules",
            List.of(
                tree(
                    "host",
                    entrance.host(),
                    "http",
                    tree(
                        "paths",
                        List.of(
                            tree(
                                "path",
                                "/",
                                "pathType",
                                "Prefix",
                                "backend",
                                tree(
                                    "service",
                                    tree(
                                        "name",
                                        plan.name(),
                                        "port",
                                        tree("name", SERVICE_PORT))))))))));
  }

  /**
   * Kernels talk over WebSockets. Traefik, HAProxy and others carry them as they are; ingress-nginx
   * ends silent ones after a minute, and the NGINX one and Contour want to be told of them.
   */
  private Map<String, Object> annotations() {
    return tree(
        "nginx.ingress.kubernetes.io/proxy-read-timeout",
        LONG,
        "nginx.ingress.kubernetes.io/proxy-send-timeout",
        LONG,
        "nginx.ingress.kubernetes.io/proxy-body-size",
        LARGEST_REQUEST,
        "nginx.org/websocket-services",
        plan.name(),
        "nginx.org/proxy-read-timeout",
        LONG + "s",
        "nginx.org/proxy-send-timeout",
        LONG + "s",
        "nginx.org/client-max-body-size",
        LARGEST_REQUEST,
        "projectcontour.io/websocket-routes",
        "/");
  }
}
