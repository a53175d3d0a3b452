package dev.orrery.kubernetes.pods;

import com.sun.net.httpserver.HttpExchange;
import dev.orrery.kubernetes.api.ApiDouble;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An API server that keeps pods in memory and has one node, which runs them here. Of other kinds
 * there are none. It keeps what the real one keeps: names are taken once, a uid can be a condition
 * of a deletion, a watch goes on from the version of a list.
 */
final class FakeCluster implements AutoCloseable, FakeNode.Kubelet {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Pattern PATH =
      Pattern.compile("/api/v1(?:/namespaces/([^/]+))?/(pods|events)(?:/([^/]+))?(/log)?");

  /** How often a watch in which nothing happens says so, and thereby sees that nobody listens. */
  private static final Duration BEAT = Duration.ofMillis(200);

  /** Changes that are kept for watches; who wants earlier ones has to list. */
  private static final int MOST_CHANGES = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, ObjectNode> pods = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private long version = 1;
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private final FakeNode node;
  private final Duration ahead;

  /** What was asked, each by its method and path. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  private final ApiDouble http;

  /** One change; the object as it was then. */
  private record Change(long version, String type, ObjectNode object) {}

  /** What is not done, and why. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    Refused(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  /**
   * Has no pods yet.
   *
   * @param logs a folder for what they print
   * @param ahead how far its clock is before everybody else's; negative where it is behind
   */
  FakeCluster(Path logs, Duration ahead) throws IOException {
    this.ahead = ahead;
    node = new FakeNode(logs, this);
    http = new ApiDouble(this::answer);
  }

  String url() {
    return http.url();
  }

  /** How the server of a pod ended, be the pod still there or not. */
  OptionalInt exitCode(String uid) {
    return node.exitCode(uid);
  }

  /** From now on what is to be made is made when this is opened, though nobody may wait for it. */
  CountDownLatch hold() {
    gate = new CountDownLatch(1);
    return gate;
  }

  // ---- requests

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
    if (!path.matches()) {
      ApiDouble.refuse(exchange, 404, "There is nothing at " + exchange.getRequestURI());
      return;
    }
    String namespace = path.group(1) == null ? "" : path.group(1);
    boolean pod = path.group(2).equals("pods");
    @Nullable String name = path.group(3);
    try {
      if (name == null && exchange.getRequestMethod().equals("POST")) {
        ObjectNode object = (ObjectNode) JSON.readTree(exchange.getRequestBody());
        gate.await();
        ApiDouble.send(exchange, 201, created(namespace, object).toString());
      } else if (name == null) {
        Map<String, String> query = query(exchange);
        Predicate<ObjectNode> wanted =
            object -> pod && isIn(namespace, object) && hasLabels(query, object);
        if (query.containsKey("watch")) {
          watch(exchange, wanted, query);
        } else {
          ApiDouble.send(exchange, 200, listed(wanted));
        }
      } else if (path.group(4) != null) {
        ApiDouble.send(exchange, 200, node.log(uid(pod(namespace, name)), query(exchange)));
      } else if (exchange.getRequestMethod().equals("DELETE")) {
        JsonNode options = JSON.readTree(exchange.getRequestBody());
        ApiDouble.send(exchange, 200, deleted(namespace, name, options).toString());
      } else {
        ApiDouble.send(exchange, 200, pod(namespace, name).toString());
      }
    } catch (Refused e) {
      ApiDouble.refuse(exchange, e.status, String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, String> query(HttpExchange exchange) {
    var query = new HashMap<String, String>();
    String text = exchange.getRequestURI().getRawQuery();
    for (String part : text == null ? new String[0] : text.split("&")) {
      int equals = part.indexOf('=');
      query.put(
          part.substring(0, equals),
          URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return query;
  }

  private static boolean isIn(String namespace, ObjectNode object) {
    return namespace.isEmpty()
        || object.path("metadata").path("namespace").asString().equals(namespace);
  }

  private static boolean hasLabels(Map<String, String> query, ObjectNode object) {
    String[] label = query.getOrDefault("labelSelector", "").split("=", 2);
    return label.length < 2
        || object.path("metadata").path("labels").path(label[0]).asString("").equals(label[1]);
  }

  // ---- objects

  private ObjectNode created(String namespace, ObjectNode object) throws Refused {
    ObjectNode metadata = (ObjectNode) object.path("metadata");
    String key = namespace + "/" + metadata.path("name").asString();
    // So that a server that has ended stays so, and how it ended can be seen.
    if (!object.path("spec").path("restartPolicy").asString("").equals("Never")) {
      throw new Refused(422, "spec.restartPolicy: this node starts nothing again; it is Never");
    }
    lock.lock();
    try {
      if (pods.containsKey(key)) {
        throw new Refused(409, "pods \"" + key + "\" already exists");
      }
      metadata.put("namespace", namespace).put("uid", UUID.randomUUID().toString());
      metadata.put("creationTimestamp", now());
      object.putObject("status").put("phase", "Pending");
      pods.put(key, object);
      changed("ADDED", object);
      node.run(uid(object), object.deepCopy());
      return object.deepCopy();
    } finally {
      lock.unlock();
    }
  }

  private ObjectNode pod(String namespace, String name) throws Refused {
    lock.lock();
    try {
      ObjectNode pod = pods.get(namespace + "/" + name);
      if (pod == null) {
        throw new Refused(404, "pods \"" + name + "\" not found");
      }
      return pod.deepCopy();
    } finally {
      lock.unlock();
    }
  }

  private ObjectNode deleted(String namespace, String name, JsonNode options) throws Refused {
    long grace = options.path("gracePeriodSeconds").asLong(30);
    lock.lock();
    try {
      ObjectNode pod = pods.get(namespace + "/" + name);
      if (pod == null) {
        throw new Refused(404, "pods \"" + name + "\" not found");
      }
      String wanted = options.path("preconditions").path("uid").asString(uid(pod));
      if (!wanted.equals(uid(pod))) {
        throw new Refused(409, "the UID in the precondition is not that of the object");
      }
      if (grace == 0) {
        // The real one waits for nobody then, either.
        removed(uid(pod));
      } else {
        ((ObjectNode) pod.path("metadata")).put("deletionTimestamp", now());
        changed("MODIFIED", pod);
      }
      node.end(uid(pod), Duration.ofSeconds(grace));
      return pod.deepCopy();
    } finally {
      lock.unlock();
    }
  }

  private String now() {
    return Instant.now().plus(ahead).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static String uid(ObjectNode pod) {
    return pod.path("metadata").path("uid").asString();
  }

  private void changed(String type, ObjectNode object) {
    version++;
    ((ObjectNode) object.path("metadata")).put("resourceVersion", Long.toString(version));
    changes.add(new Change(version, type, object.deepCopy()));
    if (changes.size() > MOST_CHANGES) {
      changes.removeFirst();
    }
    changed.signalAll();
  }

  // ---- what the node says

  @Override
  public void status(String uid, ObjectNode status) {
    lock.lock();
    try {
      pods.values().stream()
          .filter(pod -> uid(pod).equals(uid))
          .forEach(pod -> {
            pod.set("status", status);
            changed("MODIFIED", pod);
          });
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void removed(String uid) {
    lock.lock();
    try {
      List<ObjectNode> gone = pods.values().stream().filter(pod -> uid(pod).equals(uid)).toList();
      pods.values().removeAll(gone);
      gone.forEach(pod -> changed("DELETED", pod));
    } finally {
      lock.unlock();
    }
  }

  // ---- lists and watches

  private String listed(Predicate<ObjectNode> wanted) {
    lock.lock();
    try {
      return ApiDouble.list(
          Long.toString(version),
          pods.values().stream().filter(wanted).map(ObjectNode::toString).toArray(String[]::new));
    } finally {
      lock.unlock();
    }
  }

  private void watch(HttpExchange exchange, Predicate<ObjectNode> wanted, Map<String, String> query)
      throws IOException, InterruptedException, Refused {
    long told = Long.parseLong(query.getOrDefault("resourceVersion", "0"));
    long end =
        System.nanoTime()
            + TimeUnit.SECONDS.toNanos(Long.parseLong(query.getOrDefault("timeoutSeconds", "60")));
    if (isForgotten(told)) {
      throw new Refused(410, "too old resource version: " + told);
    }
    OutputStream out = ApiDouble.stream(exchange);
    out.flush();
    while (System.nanoTime() < end) {
      List<Change> news = after(told);
      for (Change change : news) {
        told = change.version();
        if (wanted.test(change.object())) {
          ApiDouble.line(out, ApiDouble.change(change.type(), change.object().toString()));
        }
      }
      if (news.isEmpty()) {
        String mark = "{\"metadata\":{\"resourceVersion\":\"" + told + "\"}}";
        ApiDouble.line(out, ApiDouble.change("BOOKMARK", mark));
      }
    }
  }

  private boolean isForgotten(long wanted) {
    lock.lock();
    try {
      return !changes.isEmpty() && changes.getFirst().version() > wanted + 1;
    } finally {
      lock.unlock();
    }
  }

  /** Waits a moment for some. */
  private List<Change> after(long told) throws InterruptedException {
    lock.lock();
    try {
      long left = BEAT.toNanos();
      while (version <= told && left > 0) {
        left = changed.awaitNanos(left);
      }
      return changes.stream().filter(change -> change.version() > told).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    http.close();
    node.close();
  }
}
