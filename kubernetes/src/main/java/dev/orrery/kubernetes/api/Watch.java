package dev.orrery.kubernetes.api;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/**
 * Follows the objects of a kind for as long as it is open: all there are, then each change, and
 * after whatever goes wrong all there are again. One thread of its own calls the {@link Follower}.
 *
 * <p>A connection that has died without a word is noticed because the server is told to end every
 * watch after a while, and one that it has not ended soon after is given up.
 */
final class Watch implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Watch.class.getName());

  /** How many objects are asked for at once. */
  private static final String PART = "500";

  /** A watch that is over so soon, and has told nothing, has not been one. */
  private static final Duration AT_ONCE = Duration.ofMillis(500);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /**
   * Told of what there is. Its methods return soon and throw nothing; who keeps nothing needs but
   * the first.
   */
  interface Follower {

    /** An object is there, or has changed. */
    void there(JsonNode object);

    /** All that there is comes now, one {@link #there} after the other. */
    default void begin() {}

    /** An object has gone. */
    default void gone(JsonNode object) {}

    /** Everything there is has been told; from now on changes are. */
    default void complete() {}

    /** Nothing is heard of the server. */
    default void lost() {}
  }

  private final ApiServer server;
  private final Kind kind;
  private final String namespace;
  private final Map<String, String> selection;
  private final Duration round;
  private final boolean fromNow;
  private final Follower follower;
  private final Thread thread;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("kubernetes-watch-limit").factory());
  private volatile boolean closed;

  private Watch(
      ApiServer server,
      Kind kind,
      String namespace,
      Map<String, String> selection,
      Duration round,
      boolean fromNow,
      Follower follower) {
    this.server = server;
    this.kind = kind;
    this.namespace = namespace;
    this.selection = Map.copyOf(selection);
    this.round = round;
    this.fromNow = fromNow;
    this.follower = follower;
    this.thread = Thread.ofVirtual().name("kubernetes-" + kind.plural()).unstarted(this::run);
  }

  /**
   * Begins to follow.
   *
   * @param namespace empty for all
   * @param selection e.g. {@code labelSelector} or {@code fieldSelector}
   * @param round after how long the server shall end each watch; a dead one is noticed a few
   *     seconds later
   * @param fromNow whether what is there already is left out
   */
  static Watch start(
      ApiServer server,
      Kind kind,
      String namespace,
      Map<String, String> selection,
      Duration round,
      boolean fromNow,
      Follower follower) {
    var watch = new Watch(server, kind, namespace, selection, round, fromNow, follower);
    watch.thread.start();
    return watch;
  }

  private void run() {
    Duration pause = SHORTEST_PAUSE;
    while (!closed) {
      try {
        String version = fromNow ? versionNow() : listed();
        while (!closed) {
          version = followed(version);
          pause = SHORTEST_PAUSE;
        }
      } catch (ApiFailure | IOException | InterruptedException | RuntimeException e) {
        if (closed) {
          return;
        }
        follower.lost();
        LOG.log(
            e instanceof ApiFailure failure && failure.isTooOld()
                ? System.Logger.Level.DEBUG
                : System.Logger.Level.WARNING,
            "Following " + kind.plural() + " begins anew: " + why(e));
        rest(e instanceof ApiFailure failure ? longer(pause, failure.pause()) : pause);
        Duration longer = pause.multipliedBy(2);
        pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      }
    }
  }

  /** Not all hubs of a cluster at once when its server comes back. */
  private void rest(Duration pause) {
    try {
      Thread.sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis())));
    } catch (InterruptedException e) {
      // Only close interrupts, and who calls sees what it has set.
      LOG.log(System.Logger.Level.DEBUG, "Following " + kind.plural() + " was ended");
    }
  }

  /** A server that is too busy says for how long; longer than for a moment is not waited. */
  private static Duration longer(Duration pause, Duration wanted) {
    Duration most = wanted.compareTo(LONGEST_PAUSE) < 0 ? wanted : LONGEST_PAUSE;
    return most.compareTo(pause) > 0 ? most : pause;
  }

  private static String why(Exception e) {
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** Tells of all there are; returns the version of that. */
  private String listed() throws ApiFailure, InterruptedException {
    follower.begin();
    String version = "";
    String rest = "";
    do {
      var query = new LinkedHashMap<>(selection);
      query.put("limit", PART);
      if (!rest.isEmpty()) {
        query.put("continue", rest);
      }
      JsonNode part = server.list(kind, namespace, query);
      part.path("items").forEach(follower::there);
      version = part.path("metadata").path("resourceVersion").asString("");
      rest = part.path("metadata").path("continue").asString("");
    } while (!rest.isEmpty() && !closed);
    follower.complete();
    return version;
  }

  /** Tells of changes since {@code version} until the server ends it; returns the last version. */
  private String followed(String version) throws ApiFailure, IOException, InterruptedException {
    var query = new LinkedHashMap<>(selection);
    query.put("resourceVersion", version);
    String last = version;
    boolean heard = false;
    long began = System.nanoTime();
    try (InputStream changes = server.watch(kind, namespace, query, round)) {
      // A reader that is given an end looks anew; nothing is lost by one too many.
      ScheduledFuture<?> limit =
          timer.schedule(
              () -> closed(changes),
              round.plus(server.patience()).toMillis(),
              TimeUnit.MILLISECONDS);
      try {
        Changes read = Changes.of(changes);
        for (Optional<JsonNode> next = read.next(); next.isPresent(); next = read.next()) {
          last = told(next.get(), last);
          heard = true;
        }
      } finally {
        limit.cancel(false);
      }
    }
    if (!heard && System.nanoTime() - began < AT_ONCE.toNanos()) {
      // Something in between that ends each connection would be asked again without a pause.
      throw new ApiFailure(ApiFailure.NO_ANSWER, "The API server ended the watch at once");
    }
    return last;
  }

  private void closed(InputStream changes) {
    try {
      changes.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "A connection that was given up did not close", e);
    }
  }

  /** The version of what there is, without telling of it. */
  private String versionNow() throws ApiFailure, InterruptedException {
    var query = new LinkedHashMap<>(selection);
    query.put("limit", "1");
    String version =
        server.list(kind, namespace, query).path("metadata").path("resourceVersion").asString("");
    follower.begin();
    follower.complete();
    return version;
  }

  private String told(JsonNode change, String last) throws ApiFailure {
    JsonNode object = change.path("object");
    switch (change.path("type").asString("")) {
      case "ADDED", "MODIFIED" -> follower.there(object);
      case "DELETED" -> follower.gone(object);
      case "BOOKMARK" -> {}
      default ->
          throw new ApiFailure(
              object.path("code").asInt(ApiFailure.NO_ANSWER),
              object.path("message").asString("The API server ended the watch"));
    }
    return object.path("metadata").path("resourceVersion").asString(last);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    timer.shutdownNow();
  }
}
