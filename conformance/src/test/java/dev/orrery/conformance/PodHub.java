package dev.orrery.conformance;

import dev.orrery.conformance.cluster.Image;
import dev.orrery.conformance.cluster.KubernetesCluster;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

/** A hub beside a cluster, whose pods run our image; everybody is let in. */
final class PodHub {

  /** Of a service that may do everything. */
  static final String TOKEN = "0123456789abcdef0123456789abcdef";

  private PodHub() {}

  /**
   * Starts one.
   *
   * @param more lines of its settings file
   */
  static OurHub start(KubernetesCluster cluster, String more) {
    return start(cluster, cluster.kubeconfig(), more);
  }

  /** The same as somebody else than the administrator of the cluster. */
  static OurHub start(KubernetesCluster cluster, Path kubeconfig, String more) {
    return start(cluster, kubeconfig, more, "");
  }

  /** The same with options for its Java, and that of its proxy. */
  static OurHub startWith(KubernetesCluster cluster, String javaOptions, String more) {
    return start(cluster, cluster.kubeconfig(), more, javaOptions);
  }

  /** Makes a person, where there is none of the name, and asks for the start of their server. */
  static HttpResponse<String> startServer(OurHub hub, String user) {
    hub.ask(TOKEN, "POST", "/hub/api/users/" + user, "");
    return hub.ask(TOKEN, "POST", "/hub/api/users/" + user + "/server", "{}");
  }

  private static OurHub start(
      KubernetesCluster cluster, Path kubeconfig, String more, String javaOptions) {
    Image image = Image.of("base-notebook");
    cluster.load(image);
    return OurHub.withConfig(
        """
        c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
        c.JupyterHub.authenticator_class = "dummy"
        c.Authenticator.allow_all = True
        c.JupyterHub.hub_ip = "%HOST%"
        c.JupyterHub.services = [{"name": "test", "api_token": "%TOKEN%", "admin": True}]
        c.KubeSpawner.image = "%IMAGE%"
        c.KubeSpawner.fs_gid = 100
        c.KubeSpawner.storage_pvc_ensure = True
        c.KubeSpawner.storage_capacity = "1Gi"
        c.KubeSpawner.volumes = [
            {"name": "home", "persistentVolumeClaim": {"claimName": "{pvc_name}"}}]
        c.KubeSpawner.volume_mounts = [{"name": "home", "mountPath": "/home/jovyan"}]
        c.KubeSpawner.start_timeout = 150
        c.KubeSpawner.http_timeout = 120
        """
                .replace("%HOST%", cluster.hostAddress())
                .replace("%TOKEN%", TOKEN)
                .replace("%IMAGE%", image.name())
            + more,
        Map.of("KUBECONFIG", kubeconfig.toString(), "ORRERY_JAVA_OPTS", javaOptions));
  }
}
