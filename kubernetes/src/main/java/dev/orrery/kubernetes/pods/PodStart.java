package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.ApiFailure;
import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.Kind;
import dev.orrery.kubernetes.api.PodEvents;
import dev.orrery.kubernetes.api.PodView;
import dev.orrery.kubernetes.api.Pods;
import dev.orrery.kubernetes.manifests.ClaimManifest;
import dev.orrery.kubernetes.manifests.KubeTraits;
import dev.orrery.kubernetes.manifests.OtherManifests;
import dev.orrery.kubernetes.manifests.PodManifest;
import dev.orrery.kubernetes.manifests.PodPlan;
import dev.orrery.kubernetes.names.NameFields;
import dev.orrery.kubernetes.names.Templates;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Started;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** One start: namespace, volume, pod, Service, and the wait until the pod is up. */
final class PodStart {

  private static final System.Logger LOG = System.getLogger(PodStart.class.getName());

  /** How often it is looked whether an earlier pod has ended. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** Events that wait to be told of one start; the rest is left out. */
  private static final int MOST_EVENTS = StartReport.MOST;

  /** How long the end of an earlier pod of the name may take. */
  private static final Duration END_OF_EARLIER = Duration.ofSeconds(40);

  private final ApiServer server;
  private final Followed followed;
  private final KubeSettings settings;
  private final Patience patience;
  private final Launch launch;
  private final SpawnListener listener;
  private final long deadline;

  PodStart(
      ApiServer server,
      Followed followed,
      KubeSettings settings,
      Launch launch,
      SpawnListener listener) {
    this.server = server;
    this.followed = followed;
    this.settings = settings;
    this.patience = new Patience(settings.retryTime());
    this.launch = launch;
    this.listener = listener;
    this.deadline = System.nanoTime() + launch.request().patience().toNanos();
  }

  /** Does all of it; what is left when it fails is the caller's to take away. */
  Started run() throws SpawnFailure, InterruptedException {
    try {
      return started();
    } catch (ApiFailure e) {
      throw refused(e);
    } catch (IllegalArgumentException e) {
      // Checked when the hub started, but a name of somebody's may still make an invalid one.
      LOG.log(System.Logger.Level.ERROR, "The settings make no pod: " + e.getMessage());
      throw SpawnFailure.failed(
          "settings", "The settings of the hub make no pod: " + e.getMessage());
    }
  }

  private Started started() throws SpawnFailure, InterruptedException, ApiFailure {
    Templates templates = launch.templates(server.namespace());
    PodNames names = launch.names(server.namespace());
    String namespace = names.namespace();
    String claim = claimName(names, templates);
    if (launch.settings().get(KubeTraits.ENABLE_USER_NAMESPACES)) {
      ensure(
          Kind.NAMESPACE,
          namespace,
          OtherManifests.namespace(namespace, launch.settings(), templates));
    }
    if (launch.settings().get(KubeTraits.STORAGE_PVC_ENSURE)) {
      claim = ensureClaim(namespace, claim, names.in(templates));
      names = names.withClaim(claim);
    } else if (PodNames.claim(launch.request().earlier()).isPresent()) {
      names = names.withClaim(claim);
    }
    PodPlan plan = launch.plan(names, templates, claim);
    Map<String, Object> manifest = PodManifest.of(plan);
    listener.state(names.state());

    BlockingQueue<PodEvents.PodEvent> heard = new LinkedBlockingQueue<>(MOST_EVENTS);
    var report = new StartReport(listener, settings.slow(), images(manifest));
    try (PodEvents.Listening _ =
        settings.events()
            ? followed
                .events(namespace)
                .listen(namespace, names.pod(), event -> offered(heard, event))
            : () -> {}) {
      names = names.withUid(made(plan, names, manifest, report));
      listener.refined(names.state());
      if (settings.services()) {
        service(plan, names);
      }
      var wait =
          new PodWait(
              server,
              followed.pods(namespace),
              names,
              Claims.of(server, namespace, manifest),
              report,
              launch.request().patience(),
              deadline);
      PodView pod = wait.up(heard);
      return new Started(url(pod, names, plan.templates()));
    }
  }

  private static void offered(BlockingQueue<PodEvents.PodEvent> heard, PodEvents.PodEvent event) {
    if (!heard.offer(event)) {
      LOG.log(System.Logger.Level.DEBUG, "A start has more events than are told");
    }
  }

  /** The claim a server has had stays its claim, whatever the template says now. */
  private String claimName(PodNames names, Templates templates) {
    Optional<String> before = PodNames.claim(launch.request().earlier());
    return before.isPresent() && launch.settings().get(KubeTraits.REMEMBER_PVC_NAME)
        ? before.get()
        : launch.claim(names, templates);
  }

  private String ensureClaim(String namespace, String claim, Templates templates)
      throws ApiFailure, InterruptedException {
    String name = claim;
    if (PodNames.isOld(launch.request().earlier())
        && launch.settings().get(KubeTraits.HANDLE_LEGACY_NAMES)) {
      name = oldClaim(namespace, claim);
    }
    Map<String, Object> manifest =
        ClaimManifest.of(
            launch.request().who(), name, launch.settings(), templates.with("pvc_name", name));
    ensure(Kind.CLAIM, namespace, manifest);
    return name;
  }

  /** Before version 7 names were made in another way, and a volume may have such a name. */
  private String oldClaim(String namespace, String claim) throws ApiFailure, InterruptedException {
    String old =
        launch
            .templates(server.namespace(), NameFields.Scheme.ESCAPE)
            .filled(launch.settings().get(KubeTraits.PVC_NAME_TEMPLATE));
    boolean useOld =
        !old.equals(claim)
            && patience.of(() -> server.get(Kind.CLAIM, namespace, claim)).isEmpty()
            && patience.of(() -> server.get(Kind.CLAIM, namespace, old)).isPresent();
    return useOld ? old : claim;
  }

  /** Makes an object unless there is one of its name; a quota counts only where there is none. */
  private void ensure(Kind kind, String namespace, Map<String, Object> manifest)
      throws ApiFailure, InterruptedException {
    String name = nameOf(manifest);
    try {
      patience.of(() -> server.create(kind, namespace, manifest));
    } catch (ApiFailure e) {
      if (!e.isConflict() && !(e.isForbidden() && isThere(kind, namespace, name))) {
        throw e;
      }
    }
  }

  /** As far as we may know: whose right to make it is missing is told of that, not of this. */
  private boolean isThere(Kind kind, String namespace, String name)
      throws ApiFailure, InterruptedException {
    try {
      return patience.of(() -> server.get(kind, namespace, name)).isPresent();
    } catch (ApiFailure e) {
      if (e.isForbidden()) {
        return false;
      }
      throw e;
    }
  }

  private static String nameOf(Map<String, Object> manifest) {
    return String.valueOf(((Map<?, ?>) manifest.getOrDefault("metadata", Map.of())).get("name"));
  }

  /** Makes the pod; what is left of an earlier one goes first. Returns its uid. */
  private String made(
      PodPlan plan, PodNames names, Map<String, Object> manifest, StartReport report)
      throws ApiFailure, InterruptedException, SpawnFailure {
    for (int attempt = 0; ; attempt++) {
      try {
        return patience.of(() -> server.create(Kind.POD, names.namespace(), manifest));
      } catch (ApiFailure e) {
        if (!e.isConflict() || attempt == 3) {
          throw e;
        }
        Optional<PodView> there =
            patience
                .of(() -> server.get(Kind.POD, names.namespace(), names.pod()))
                .map(PodView::of);
        if (there.isPresent()) {
          Optional<String> ours = replaced(plan, there.get());
          if (ours.isPresent()) {
            return ours.get();
          }
          report.say("What is left of an earlier pod goes first");
          goneFirst(there.get());
        }
      }
    }
  }

  /** The uid of the pod that our own request has made though its answer got lost. */
  private Optional<String> replaced(PodPlan plan, PodView there) throws SpawnFailure {
    SpawnRequest request = launch.request();
    if (there.spawnId().equals(request.id().value()) && !there.ending()) {
      return Optional.of(there.uid());
    }
    boolean sameServer =
        there.user().equals(request.who().user()) && there.server().equals(request.who().server());
    if (!sameServer) {
      throw SpawnFailure.failed(
          "name-taken",
          "There is a pod "
              + there.key()
              + " already that is not this server's; its name has to be another, see"
              + " KubeSpawner.pod_name_template");
    }
    refuseThatOfAnotherHub(plan, there);
    return Optional.empty();
  }

  /** Two hubs in a namespace by mistake would end each other's servers, again and again. */
  private void refuseThatOfAnotherHub(PodPlan plan, PodView there) throws SpawnFailure {
    Object ours = plan.environment().getOrDefault(SpawnRequest.HUB_VARIABLE, "");
    boolean theirs = !there.hub().isEmpty() && !there.hub().equals(ours);
    if (theirs && !there.ending() && !there.isOver()) {
      throw SpawnFailure.failed(
          "another-hub",
          "There is a pod "
              + there.key()
              + " of the same person already, which the hub at "
              + there.hub()
              + " has started; this one is "
              + ours
              + ". Hubs that share a namespace need names of their own, see"
              + " KubeSpawner.pod_name_template. Where there is no other hub any more: kubectl -n "
              + there.namespace()
              + " delete pod "
              + there.name());
    }
  }

  private void goneFirst(PodView there) throws ApiFailure, InterruptedException {
    patience.of(() ->
        server.delete(
            Kind.POD, there.namespace(), there.name(), there.uid(), Optional.of(settings.grace())));
    Pods pods = followed.pods(there.namespace());
    long deadline = System.nanoTime() + END_OF_EARLIER.toNanos();
    while (System.nanoTime() < deadline
        && patience
            .of(() -> server.get(Kind.POD, there.namespace(), there.name()))
            .map(PodView::of)
            .filter(pod -> pod.uid().equals(there.uid()))
            .isPresent()) {
      pods.changed(
          there.namespace(), there.name(), pods.pod(there.namespace(), there.name()), LOOK);
    }
  }

  private void service(PodPlan plan, PodNames names) throws ApiFailure, InterruptedException {
    // One that is there belongs to an earlier pod and would go with it.
    patience.of(
        () -> server.delete(Kind.SERVICE, names.namespace(), names.pod(), "", Optional.empty()));
    ensure(Kind.SERVICE, names.namespace(), OtherManifests.service(plan, names.uid().orElse("")));
  }

  private URI url(PodView pod, PodNames names, Templates templates) throws SpawnFailure {
    String host = settings.services() ? names.dns() : bracketed(pod.ip());
    if (!settings.connectTo().isEmpty()) {
      host = templates.filled(settings.connectTo());
    }
    int port =
        pod.port()
            .orElseThrow(() ->
                SpawnFailure.failed(
                    "no-port",
                    "The pod has no port " + PodManifest.PORT + "; the settings took it away"));
    return URI.create("http://" + host + ":" + port);
  }

  private static String bracketed(String ip) {
    return ip.contains(":") ? "[" + ip + "]" : ip;
  }

  private static int images(Map<String, Object> manifest) {
    Map<?, ?> spec = (Map<?, ?>) manifest.getOrDefault("spec", Map.of());
    return sizeOf(spec.get("initContainers")) + sizeOf(spec.get("containers"));
  }

  private static int sizeOf(@Nullable Object list) {
    return list instanceof List<?> items ? items.size() : 0;
  }

  /** What the API server says of it, to the one who can act on it. */
  private static SpawnFailure refused(ApiFailure e) {
    if (e.isPassing()) {
      return SpawnFailure.failed("api", e.message() + ". Try again in a moment");
    }
    if (e.isForbidden()) {
      String quota =
          e.message().contains("exceeded quota")
              ? "There is no room left in the namespace. "
              : "The cluster does not let the hub do it. ";
      return SpawnFailure.failed("forbidden", quota + "It says: " + e.message());
    }
    return SpawnFailure.failed("api", "The cluster refused: " + e.message());
  }
}
