package dev.orrery.kubernetes.pods;

import static dev.orrery.config.Trait.Form.DICT;
import static dev.orrery.config.Trait.Form.LIST;

import dev.orrery.config.Declarations;
import dev.orrery.config.Trait;
import dev.orrery.kubernetes.manifests.KubeTraits;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** How pods are asked for and looked after, by the names that KubeSpawner 7.1 has for it. */
public final class SpawnerTraits {

  private static final String SECTION = "KubeSpawner.";

  static final Trait<String> API_HOST =
      Trait.string(SECTION + "k8s_api_host", "", "Where the API server is, e.g. https://host:6443.")
          .computed("as the pod's service account or the kubeconfig file has it");
  static final Trait<String> API_CA =
      Trait.string(SECTION + "k8s_api_ssl_ca_cert", "", "A file with the certificates to trust.")
          .computed("as the pod's service account or the kubeconfig file has it");
  static final Trait<Optional<Boolean>> API_VERIFY =
      Trait.bool(SECTION + "k8s_api_verify_ssl", true, "Whether the server's certificate counts.")
          .orNone()
          .computed("it does unless the kubeconfig file says otherwise");
  static final Trait<Integer> REQUEST_TIMEOUT =
      Trait.integer(SECTION + "k8s_api_request_timeout", 3, "Seconds one request may take.")
          .check(SpawnerTraits::positive);
  static final Trait<Integer> RETRY_TIMEOUT =
      Trait.integer(
              SECTION + "k8s_api_request_retry_timeout",
              30,
              "Seconds a request is tried again and again.")
          .check(SpawnerTraits::positive);
  static final Trait<Boolean> EVENTS_ENABLED =
      Trait.bool(
          SECTION + "events_enabled", true, "Tell who waits what the cluster says of the pod.");
  static final Trait<Boolean> SERVICES_ENABLED =
      Trait.bool(
          SECTION + "services_enabled", false, "A Service for each pod, which is reached by it.");
  static final Trait<Boolean> DELETE_STOPPED_PODS =
      Trait.bool(SECTION + "delete_stopped_pods", true, "Remove pods whose server has ended.");
  static final Trait<Integer> DELETE_GRACE_PERIOD =
      Trait.integer(SECTION + "delete_grace_period", 1, "Seconds a server has to end by itself.")
          .check(
              seconds -> seconds >= 0 ? Optional.empty() : Optional.of("it has to be 0 or more"));
  static final Trait<String> POD_CONNECT_IP =
      Trait.string(
          SECTION + "pod_connect_ip",
          "",
          "The host name by which servers are reached, a template, e.g. for a service mesh.");
  static final Trait<String> SLOW_MESSAGE =
      Trait.string(
          SECTION + "slow_spawn_message",
          "This takes longer than usual: {seconds} seconds so far.",
          "What is told who waits long; {seconds} is for how long.");
  static final Trait<Integer> SLOW_THRESHOLD =
      Trait.integer(
          SECTION + "slow_spawn_message_threshold",
          60,
          "Seconds after which that is told; 0 for never.");
  static final Trait<Integer> SLOW_FREQUENCY =
      Trait.integer(SECTION + "slow_spawn_message_frequency", 5, "Seconds between such messages.")
          .check(SpawnerTraits::positive);
  static final Trait<Object> PROFILE_LIST =
      Trait.anyOf(
          SECTION + "profile_list",
          EnumSet.of(LIST, DICT),
          List.of(),
          "What people may choose between when they start a server. A list of dictionaries, or a"
              + " dictionary whose values are taken in the order of their keys.");

  private static final List<Trait<?>> OWN =
      List.of(
          API_HOST,
          API_CA,
          API_VERIFY,
          REQUEST_TIMEOUT,
          RETRY_TIMEOUT,
          EVENTS_ENABLED,
          SERVICES_ENABLED,
          DELETE_STOPPED_PODS,
          DELETE_GRACE_PERIOD,
          POD_CONNECT_IP,
          SLOW_MESSAGE,
          SLOW_THRESHOLD,
          SLOW_FREQUENCY,
          PROFILE_LIST,
          oldImage("image_spec"),
          oldImage("singleuser_image_spec"),
          Trait.integer(SECTION + "k8s_api_threadpool_workers", 0, "Has no effect, as upstream."),
          hook("modify_pod_hook", "pods are made as the settings say"),
          hook("after_pod_created_hook", "nothing is done after a pod was made"),
          hook("get_pod_url", "servers are reached at the address of their pod"),
          Trait.string(SECTION + "secret_name_template", "{pod_name}", "Secrets of internal_ssl.")
              .unsupported("there is no internal_ssl"),
          Trait.string(
                  SECTION + "secret_mount_path", "/etc/jupyterhub/ssl/", "Where internal_ssl is.")
              .unsupported("there is no internal_ssl"),
          Trait.string(SECTION + "profile_form_template", "", "A template of Jinja for the form.")
              .unsupported("the usual form is shown"),
          Trait.strings(
                  SECTION + "additional_profile_form_template_paths",
                  List.of(),
                  "Folders with templates of Jinja for the form.")
              .unsupported("the usual form is shown"),
          Trait.string(SECTION + "hub_connect_ip", "", "How pods reach the hub.")
              .unsupported("set JupyterHub.hub_connect_url"),
          Trait.integer(SECTION + "hub_connect_port", 0, "How pods reach the hub.")
              .unsupported("set JupyterHub.hub_connect_url"));

  private SpawnerTraits() {}

  /** Declares all of them. */
  public static Declarations.Builder declare(Declarations.Builder declarations) {
    declarations.inherits("KubeSpawner", "Spawner");
    KubeTraits.OF_MANIFESTS.forEach(declarations::add);
    OWN.forEach(declarations::add);
    return declarations;
  }

  private static Trait<?> oldImage(String name) {
    return Trait.string(SECTION + name, KubeTraits.IMAGE.defaultValue(), KubeTraits.IMAGE.help())
        .deprecatedFor(KubeTraits.IMAGE.qualifiedName());
  }

  private static Trait<?> hook(String name, String instead) {
    return Trait.string(SECTION + name, "", "A function of Python.").unsupported(instead);
  }

  private static Optional<String> positive(int seconds) {
    return seconds > 0 ? Optional.empty() : Optional.of("it has to be more than 0");
  }
}
