package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.ApiFailure;
import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.ClusterSearch;
import dev.orrery.kubernetes.api.Kind;
import dev.orrery.kubernetes.api.PodView;
import dev.orrery.kubernetes.api.Pods;
import dev.orrery.kubernetes.manifests.KubeTraits;
import dev.orrery.spawner.spi.OptionsForm;
import dev.orrery.spawner.spi.Orphan;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.ServerRecord;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.Started;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Starts a pod for every server, as JupyterHub's {@code kubespawner} does: pods, volumes and what
 * is recorded of them are the same, so that either goes on with the other's.
 */
public final class KubeSpawner implements Spawner {

  private static final System.Logger LOG = System.getLogger(KubeSpawner.class.getName());

  /** How long a poll waits for the watch to know all pods after it has lost them. */
  private static final Duration MOMENT = Duration.ofMillis(500);

  private static final String UNTOLD = "The API server does not tell which pods there are";

  /** How long it may take until a request that was cut off is carried out, if it is. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  private static final Duration PAUSE = Duration.ofMillis(100);

  /** How long the end of a pod may take beyond its grace period. */
  private static final Duration END = Duration.ofSeconds(60);

  private final KubeSettings settings;
  private final ApiServer server;
  private final Followed followed;
  private final Patience patience;

  /**
   * Begins to follow the pods of the hub.
   *
   * @throws IllegalArgumentException when there is no cluster, or what names it can't be read
   */
  public KubeSpawner(KubeSettings settings) {
    this.settings = settings;
    this.server =
        ClusterSearch.open(
            settings.api(),
            System.getenv(),
            Path.of(System.getProperty("user.home")),
            settings.requestTime());
    boolean everywhere = settings.pods().get(KubeTraits.ENABLE_USER_NAMESPACES);
    this.followed =
        new Followed(server, settings.pods().get(KubeTraits.COMPONENT_LABEL), everywhere);
    String where = ownNamespace();
    followed.pods(where);
    this.patience = new Patience(settings.retryTime());
    LOG.log(
        System.Logger.Level.INFO,
        "Pods are started at "
            + server.url()
            + (everywhere ? ", each in a namespace of its person" : " in namespace " + where));
  }

  /** Where pods are unless a profile, or the namespace of a person, says otherwise. */
  private String ownNamespace() {
    return PodNames.namespace(settings.pods(), server.namespace());
  }

  @Override
  public Started start(SpawnRequest request, SpawnListener listener)
      throws SpawnFailure, InterruptedException {
    var recorded = new LinkedHashMap<String, Object>();
    var recorder =
        new SpawnListener() {
          @Override
          public void state(Map<String, Object> state) {
            listener.state(state);
            keep(state);
          }

          @Override
          public void refined(Map<String, Object> state) {
            listener.refined(state);
            keep(state);
          }

          private void keep(Map<String, Object> state) {
            recorded.clear();
            recorded.putAll(state);
          }

          @Override
          public void progress(int percent, String message, Optional<String> htmlMessage) {
            listener.progress(percent, message, htmlMessage);
          }
        };
    boolean well = false;
    boolean cutOff = false;
    try {
      Launch launch = launch(request);
      Started started = new PodStart(server, followed, settings, launch, recorder).run();
      well = true;
      return started;
    } catch (InterruptedException e) {
      cutOff = true;
      throw e;
    } finally {
      if (!well) {
        leaveNothing(request, recorded, cutOff);
      }
    }
  }

  private Launch launch(SpawnRequest request) throws SpawnFailure {
    try {
      return Launch.of(settings, request);
    } catch (IllegalArgumentException e) {
      // What the settings have was tried when the hub started: it is what somebody has entered.
      throw SpawnFailure.refused("profile", "This can't be chosen: " + e.getMessage());
    }
  }

  /** A pod that nobody will use is not left behind; what can't be had now, the hub does later. */
  private void leaveNothing(SpawnRequest request, Map<String, Object> recorded, boolean cutOff) {
    boolean interrupted = Thread.interrupted();
    try {
      Optional<PodNames> left = left(request, recorded, cutOff);
      if (left.isPresent()) {
        boolean wasThere = known(left.get()).isPresent();
        if (deleted(left.get(), Duration.ZERO)) {
          awaitEnd(left.get(), wasThere, SETTLED);
        }
      }
    } catch (ApiFailure | IllegalStateException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The pod of a start that failed is still there: " + e.getMessage());
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What a start has made, be it recorded or not; the watch may not have heard of it yet. */
  private Optional<PodNames> left(
      SpawnRequest request, Map<String, Object> recorded, boolean cutOff)
      throws ApiFailure, InterruptedException {
    Optional<PodNames> names = PodNames.of(recorded);
    if (names.isEmpty() || names.get().areOfAPod()) {
      return names;
    }
    long deadline = System.nanoTime() + (cutOff ? SETTLED.toNanos() : 0);
    while (true) {
      Optional<PodNames> made =
          server
              .get(Kind.POD, names.get().namespace(), names.get().pod())
              .map(PodView::of)
              .filter(pod -> pod.spawnId().equals(request.id().value()))
              .map(PodNames::of);
      if (made.isPresent() || System.nanoTime() >= deadline) {
        return made;
      }
      Thread.sleep(PAUSE);
    }
  }

  @Override
  public Poll poll(Map<String, Object> state, ServerName who) throws InterruptedException {
    Optional<PodNames> names = PodNames.of(state);
    if (names.isEmpty()) {
      return new Poll.Stopped(OptionalInt.empty(), List.of());
    }
    Pods pods = followed.pods(names.get().namespace());
    boolean current = pods.isCurrent() || pods.awaitCurrent(MOMENT);
    Optional<PodView> pod = current ? known(names.get()) : Optional.empty();
    if (pod.isEmpty()) {
      // Not in the watch yet, or gone, or the watch knows nothing at the moment.
      try {
        pod = asked(names.get());
      } catch (ApiFailure e) {
        return new Poll.Unknown(e.message());
      }
    }
    return pod.map(this::told).orElseGet(() -> new Poll.Stopped(OptionalInt.empty(), List.of()));
  }

  private Poll told(PodView pod) {
    if (pod.isOver()) {
      List<String> why =
          pod.endReason().isEmpty() ? List.of() : List.of("The pod ended: " + pod.endReason());
      return new Poll.Stopped(pod.exitCode(), why);
    }
    return new Poll.Running();
  }

  private Optional<PodView> known(PodNames names) {
    return followed.pods(names.namespace()).pod(names.namespace(), names.pod()).filter(names::mean);
  }

  private Optional<PodView> asked(PodNames names) throws ApiFailure, InterruptedException {
    return server
        .get(Kind.POD, names.namespace(), names.pod())
        .map(PodView::of)
        .filter(names::mean);
  }

  @Override
  public void stop(Map<String, Object> state, ServerName who, boolean now)
      throws InterruptedException {
    Optional<PodNames> names = PodNames.of(state);
    if (names.isEmpty() || !names.get().areOfAPod()) {
      return;
    }
    if (!settings.removesEnded() && known(names.get()).filter(PodView::isOver).isPresent()) {
      return;
    }
    Duration grace = now ? Duration.ZERO : settings.grace();
    boolean wasThere = known(names.get()).isPresent();
    try {
      if (deleted(names.get(), grace)) {
        awaitEnd(names.get(), wasThere, grace.plus(END));
      }
    } catch (ApiFailure e) {
      throw new IllegalStateException(
          "The pod of " + who + " could not be deleted: " + e.message(), e);
    }
  }

  private boolean deleted(PodNames names, Duration grace) throws ApiFailure, InterruptedException {
    return patience.of(() ->
        server.delete(
            Kind.POD, names.namespace(), names.pod(), names.uid().orElse(""), Optional.of(grace)));
  }

  /** Waits for it; without a question where the watch had the pod, and says that it has gone. */
  private void awaitEnd(PodNames names, boolean wasThere, Duration limit)
      throws ApiFailure, InterruptedException {
    Pods pods = followed.pods(names.namespace());
    long deadline = System.nanoTime() + limit.toNanos();
    boolean told = wasThere;
    while (System.nanoTime() < deadline) {
      // In this order: what goes between the two has been told of.
      boolean current = pods.isCurrent();
      Optional<PodView> seen = pods.pod(names.namespace(), names.pod());
      boolean there = seen.filter(names::mean).isPresent();
      // One that the watch has never told of may be too new for it.
      if (!there && (told && current || patience.of(() -> asked(names)).isEmpty())) {
        return;
      }
      told |= there;
      pods.changed(names.namespace(), names.pod(), seen, MOMENT);
    }
    throw new IllegalStateException(
        "The pod " + names.namespace() + "/" + names.pod() + " does not end");
  }

  @Override
  public Recovered find(SpawnRequest.Id id, ServerName who) throws InterruptedException {
    if (!isTold()) {
      return new Recovered.Unknown(UNTOLD);
    }
    Optional<PodNames> seen =
        followed.all().stream()
            .filter(pod -> pod.spawnId().equals(id.value()) && pod.user().equals(who.user()))
            .findFirst()
            .map(PodNames::of);
    return seen.isPresent() && !isGone(seen.get())
        ? new Recovered.Found(seen.get().state())
        : new Recovered.Nothing();
  }

  /** Whether the watch has not heard yet of the end of a pod. */
  private boolean isGone(PodNames names) throws InterruptedException {
    try {
      return asked(names).isEmpty();
    } catch (ApiFailure e) {
      // Then it is there as far as anybody knows; to stop it once more does no harm.
      return false;
    }
  }

  /** Whether it is known which pods there are. */
  private boolean isTold() throws InterruptedException {
    Pods pods = followed.pods(ownNamespace());
    return pods.isCurrent() || pods.awaitCurrent(settings.requestTime());
  }

  @Override
  public List<Orphan> orphans(String hub, Supplier<List<ServerRecord>> records)
      throws InterruptedException {
    if (!isTold()) {
      throw new IllegalStateException(UNTOLD);
    }
    // Before the records are asked for: a pod is made after its start is recorded.
    List<PodView> ours =
        followed.current().stream()
            .filter(pod -> pod.hub().equals(settings.hubAsPodsHaveIt(hub)))
            .filter(pod -> !pod.user().isEmpty() && !pod.ending())
            .filter(pod -> settings.removesEnded() || !pod.isOver())
            .toList();
    var recorded = new RecordedPods(records.get());
    return ours.stream()
        .filter(pod -> !recorded.have(pod))
        .map(pod ->
            new Orphan(
                new ServerName(pod.user(), pod.server()),
                "pod " + pod.key(),
                PodNames.of(pod).state()))
        .toList();
  }

  @Override
  public Map<String, Object> kept(Map<String, Object> state) {
    return PodNames.kept(state);
  }

  @Override
  public Optional<OptionsForm> form() {
    return settings.profiles().all().isEmpty()
        ? Optional.empty()
        : Optional.of(new ProfileForm(settings.profiles()));
  }

  @Override
  public void forget(Map<String, Object> state, ServerName who) throws InterruptedException {
    Optional<String> claim = PodNames.claim(state);
    if (claim.isEmpty() || !settings.pods().get(KubeTraits.DELETE_PVC)) {
      return;
    }
    boolean sharedWithOthers =
        !who.server().isEmpty()
            && !settings.pods().get(KubeTraits.PVC_NAME_TEMPLATE).contains("user_server}")
            && !settings.pods().get(KubeTraits.PVC_NAME_TEMPLATE).contains("servername}");
    if (sharedWithOthers) {
      return;
    }
    String namespace = PodNames.namespace(state).orElseGet(this::ownNamespace);
    try {
      patience.of(() -> server.delete(Kind.CLAIM, namespace, claim.get(), "", Optional.empty()));
      LOG.log(
          System.Logger.Level.INFO,
          "The volume claim " + claim.get() + " of " + who + " is deleted");
    } catch (ApiFailure e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The volume claim " + claim.get() + " of " + who + " is still there: " + e.message());
    }
  }

  @Override
  public void close() {
    followed.close();
    server.close();
  }
}
