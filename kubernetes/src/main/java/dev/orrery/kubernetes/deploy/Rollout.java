package dev.orrery.kubernetes.deploy;

import dev.orrery.kubernetes.api.ApiFailure;
import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.Kind;
import dev.orrery.kubernetes.api.PodEvents.PodEvent;
import dev.orrery.kubernetes.api.PodView;
import dev.orrery.kubernetes.pods.KubeSettings;
import dev.orrery.kubernetes.pods.PodTroubles;
import dev.orrery.kubernetes.pods.StartReport;
import dev.orrery.spawner.spi.SpawnListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * A notebook that is on its way, until it is ready. It is asked about again and again and not
 * followed by a watch: nobody knows the name of the pod beforehand, and what the cluster says of
 * one before it is known must not be missed.
 */
public final class Rollout {

  private static final Duration LOOK = Duration.ofSeconds(1);

  /** How many times in a row no pod can be made before that is the answer. */
  private static final int SURE = 5;

  /** Events of one pod; more are not told anyway. */
  private static final String MOST_EVENTS = "100";

  private static final int LOG_LIMIT = 256 * 1024;
  private static final int LAST_LINES = 15;
  private static final int LONGEST_LINE = 500;
  private static final Pattern TOKEN = Pattern.compile("[?&]token=([0-9a-f]{16,})");

  private static final String SLOW_WORDS = "Not ready after";

  private static final KubeSettings.Slow SLOW =
      new KubeSettings.Slow(
          SLOW_WORDS + " {seconds} seconds", Duration.ofSeconds(30), Duration.ofSeconds(30));

  private final ApiServer server;
  private final String namespace;
  private final NotebookPlan plan;
  private final WaysIn ways;
  private final Set<String> earlierPods;
  private final StartReport report;
  private final Set<String> told = new HashSet<>();
  private String lastWord = "nothing was heard of it";
  private int failures;

  /**
   * For one notebook.
   *
   * @param earlierPods uids of pods that will be replaced
   */
  Rollout(
      ApiServer server,
      String namespace,
      NotebookPlan plan,
      Set<String> earlierPods,
      Consumer<String> tell) {
    this.server = server;
    this.namespace = namespace;
    this.plan = plan;
    this.ways = new WaysIn(plan);
    this.earlierPods = earlierPods;
    this.report =
        new StartReport(
            new SpawnListener() {
              @Override
              public void state(Map<String, Object> state) {}

              @Override
              public void progress(int percent, String message, Optional<String> htmlMessage) {
                if (message.startsWith(SLOW_WORDS)) {
                  tell.accept(message + ": " + sentence(lastWord));
                  return;
                }
                lastWord = message;
                // The cluster says the same in many words.
                if (told.add(sentence(message))) {
                  tell.accept(message);
                }
              }
            },
            SLOW,
            1);
  }

  /** Without what Kubernetes says of it in its own words. */
  private static String sentence(String message) {
    int own = message.indexOf(" (");
    return own < 0 ? message : message.substring(0, own);
  }

  /** The uids of all pods of a notebook. */
  static Set<String> pods(ApiServer server, String namespace, String name)
      throws ApiFailure, InterruptedException {
    return views(server, namespace, name).stream().map(PodView::uid).collect(Collectors.toSet());
  }

  private static List<PodView> views(ApiServer server, String namespace, String name)
      throws ApiFailure, InterruptedException {
    var views = new ArrayList<PodView>();
    server
        .list(Kind.POD, namespace, Map.of("labelSelector", Ownership.query(name)))
        .path("items")
        .forEach(pod -> views.add(PodView.of(pod)));
    return views;
  }

  /** What is to be done later by who does not wait: sentences with commands. */
  public String goesOn() {
    return "The notebook goes on starting. How it is: "
        + ways.kubectl("get pods,events")
        + "\nTo wait for it again, give the same command; to take it away: "
        + ways.delete();
  }

  /**
   * Waits until it is ready, and tells how it comes along.
   *
   * @return lines that say how it is opened
   * @throws DeployFailure when that takes longer than the limit, or waiting does not help
   */
  public String await(Duration limit) throws DeployFailure, InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      try {
        Optional<String> pod = ready();
        if (pod.isPresent()) {
          return opened(pod.get());
        }
      } catch (ApiFailure e) {
        if (!e.isPassing()) {
          throw DeployFailure.of(e);
        }
        report.say(e.message());
      }
      report.tick();
      if (System.nanoTime() >= deadline) {
        throw new DeployFailure(
            "Not ready within "
                + limit.toSeconds()
                + " s; the last word was: "
                + lastWord
                + "\n"
                + goesOn());
      }
      Thread.sleep(LOOK);
    }
  }

  /** The pod that is ready, once there is one. */
  private Optional<String> ready() throws ApiFailure, DeployFailure, InterruptedException {
    JsonNode deployment =
        server
            .get(Kind.DEPLOYMENT, namespace, plan.name())
            .orElseThrow(() ->
                new DeployFailure(
                    "Somebody deleted " + Part.DEPLOYMENT.called(plan.name()) + " meanwhile"));
    List<PodView> pods =
        views(server, namespace, plan.name()).stream()
            .filter(pod -> !earlierPods.contains(pod.uid()) && !pod.ending())
            .toList();
    if (isComplete(deployment)) {
      return pods.stream().filter(PodView::isUp).map(PodView::name).findFirst();
    }
    for (PodView pod : pods) {
      events(pod).forEach(this::told);
      report.seen(pod);
      Optional<String> hopeless = hopeless(pod);
      if (hopeless.isPresent()) {
        throw new DeployFailure(hopeless.get() + "\n" + remedy());
      }
    }
    if (pods.isEmpty()) {
      tellWhyThereIsNone(deployment);
    }
    return Optional.empty();
  }

  private void told(PodEvent event) {
    switch (event.reason()) {
      case "Created" -> {}
      // Nobody answers a probe before they listen.
      case "Started", "Unhealthy" -> report.say("The server is starting");
      default -> report.event(event);
    }
  }

  private static boolean isComplete(JsonNode deployment) {
    JsonNode status = deployment.path("status");
    return status.path("observedGeneration").asLong(0)
            >= deployment.path("metadata").path("generation").asLong(1)
        && status.path("updatedReplicas").asInt(0) == 1
        && status.path("replicas").asInt(0) == 1
        && status.path("availableReplicas").asInt(0) == 1;
  }

  private List<PodEvent> events(PodView pod) throws ApiFailure, InterruptedException {
    var events = new ArrayList<PodEvent>();
    try {
      server
          .list(
              Kind.EVENT,
              namespace,
              Map.of("fieldSelector", "involvedObject.uid=" + pod.uid(), "limit", MOST_EVENTS))
          .path("items")
          .forEach(event -> events.add(PodEvent.of(event)));
    } catch (ApiFailure e) {
      // It starts without being told of, too.
      if (!e.isForbidden()) {
        throw e;
      }
    }
    return events;
  }

  private Optional<String> hopeless(PodView pod) throws InterruptedException {
    Optional<String> reason = PodTroubles.hopeless(pod);
    boolean ends =
        pod.isOver()
            || pod.troubles().stream()
                .anyMatch(trouble -> trouble.reason().equals("CrashLoopBackOff"));
    if (!ends) {
      return reason;
    }
    String log = log(pod.name(), true);
    if (log.isBlank()) {
      log = log(pod.name(), false);
    }
    return Optional.of(
        reason.orElse("The server ends as soon as it starts")
            + (log.isBlank() ? "" : ". Its last words:\n" + lastLines(log)));
  }

  private String remedy() {
    return "Put it right and give the command again, or take it away: " + ways.delete();
  }

  /** A quota, an admission rule: no pod comes to be, and only the Deployment says so. */
  private void tellWhyThereIsNone(JsonNode deployment) throws DeployFailure {
    for (JsonNode condition : deployment.path("status").path("conditions")) {
      if (condition.path("type").asString("").equals("ReplicaFailure")
          && condition.path("status").asString("").equals("True")) {
        String message = condition.path("message").asString("");
        report.say("The cluster makes no container for it: " + message);
        // It may be what it said of the earlier one.
        if (++failures >= SURE) {
          throw new DeployFailure(
              (message.contains("exceeded quota")
                      ? "There is not enough room left in the namespace"
                      : "The cluster does not let it run")
                  + ". It says: "
                  + message
                  + "\n"
                  + remedy());
        }
        return;
      }
    }
    failures = 0;
  }

  /** What the server has said; nothing where that may not be read. */
  private String log(String pod, boolean ofEnded) throws InterruptedException {
    try {
      return server.log(namespace, pod, ofEnded, LOG_LIMIT);
    } catch (ApiFailure e) {
      return "";
    }
  }

  private static String lastLines(String log) {
    List<String> lines = log.lines().filter(line -> !line.isBlank()).toList();
    return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()).stream()
        .map(line -> "  " + line.substring(0, Math.min(LONGEST_LINE, line.length())))
        .collect(Collectors.joining("\n"));
  }

  private String opened(String pod) throws InterruptedException {
    String way =
        plan.entrance().isPresent()
            ? "Open " + ways.url()
            : "Leave this running:  " + ways.forward() + "\nand open             " + ways.url();
    if (plan.settings().password().isPresent()) {
      return way + "\nwith the password you chose.";
    }
    Matcher token = TOKEN.matcher(log(pod, false));
    return token.find()
        ? way
            + "?token="
            + token.group(1)
            + "\nThe token is another one after each restart; "
            + "--password makes that simpler."
        : way + "\nThe server's log has the token: " + ways.log();
  }
}
