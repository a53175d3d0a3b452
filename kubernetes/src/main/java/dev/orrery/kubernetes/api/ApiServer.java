package dev.orrery.kubernetes.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.http.client.HttpCalls;
import dev.orrery.kubernetes.api.ApiClient.Answer;
import dev.orrery.kubernetes.api.ApiClient.Content;
import io.fabric8.kubernetes.client.Config;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The API server of a cluster. Which one, and who we are there, is found as {@code kubectl} finds
 * it: the service account of the pod, or the kubeconfig file. All methods block and may be called
 * on any thread.
 */
public final class ApiServer implements AutoCloseable {

  private static final String JSON = "application/json";

  /** An object without what we have just said of it; else the whole of it comes back. */
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1," + JSON;

  /** Of YAML, which JSON is. */
  private static final String APPLY = "application/apply-patch+yaml";

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int LEAST_ERROR = 400;
  private static final int DEEPEST = 20;

  /** More at once are not answered sooner, but some of them too late, and are asked again then. */
  static final int MOST_AT_ONCE = 24;

  /** How many times the patience for one answer somebody waits for their turn to ask. */
  private static final int TURNS = 20;

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}");

  private final ApiClient client;
  private final String url;
  private final String namespace;
  private final Duration patience;
  private final Semaphore turns = new Semaphore(MOST_AT_ONCE, true);

  private ApiServer(ApiClient client, String url, String namespace, Duration patience) {
    this.client = client;
    this.url = url;
    this.namespace = namespace;
    this.patience = patience;
  }

  /**
   * Finds the API server; nothing is asked of it yet.
   *
   * @param patience how long one request may take
   * @throws RuntimeException of many kinds, when a kubeconfig file is no such file
   */
  static ApiServer open(ApiAddress address, Duration patience) {
    Config config = Config.autoConfigure(null);
    if (!address.host().isEmpty()) {
      config.setMasterUrl(address.host());
    }
    if (!address.caFile().isEmpty()) {
      config.setCaCertFile(address.caFile());
    }
    address.verifyTls().ifPresent(verify -> config.setTrustCerts(!verify));
    String namespace = config.getNamespace();
    String master = config.getMasterUrl();
    String url = master.endsWith("/") ? master.substring(0, master.length() - 1) : master;
    return new ApiServer(
        new ApiClient(URI.create(url), Connecting.by(config), patience),
        url,
        namespace == null || namespace.isEmpty() ? "default" : namespace,
        patience);
  }

  /** The namespace we are in, or that the kubeconfig file names; else {@code default}. */
  public String namespace() {
    return namespace;
  }

  /** How long one request may take. */
  Duration patience() {
    return patience;
  }

  /** Where it is, for messages. */
  public String url() {
    return url;
  }

  /**
   * Makes an object.
   *
   * @return its uid
   */
  public String create(Kind kind, String namespace, Map<String, ?> object)
      throws ApiFailure, InterruptedException {
    String path = kind.path(namespace) + "?fieldValidation=Strict";
    return read(good("POST", path, METADATA, object)).path("metadata").path("uid").asString("");
  }

  /**
   * Makes an object, or brings one to what it says: the server compares it with what {@code
   * manager} said before, and leaves what others said of other fields.
   *
   * @param rehearsal whether it is only checked
   * @return the object as the server has it, or would have it
   */
  public JsonNode apply(
      Kind kind,
      String namespace,
      String name,
      Map<String, ?> object,
      String manager,
      boolean rehearsal)
      throws ApiFailure, InterruptedException {
    return sent(
        "PATCH",
        path(kind, namespace, name)
            + "?fieldValidation=Strict&force=true&fieldManager="
            + manager
            + (rehearsal ? "&dryRun=All" : ""),
        object);
  }

  /** The object of that name, if there is one. */
  public Optional<JsonNode> get(Kind kind, String namespace, String name)
      throws ApiFailure, InterruptedException {
    try {
      return Optional.of(sent("GET", path(kind, namespace, name), null));
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Asks for the end of an object. That it is on its way, or was never there, is fine.
   *
   * @param uid whose end alone is meant; empty for whatever has the name
   * @param grace how long it may take to end by itself; nothing for what is usual
   * @return whether there was one
   */
  public boolean delete(
      Kind kind, String namespace, String name, String uid, Optional<Duration> grace)
      throws ApiFailure, InterruptedException {
    var options = new LinkedHashMap<String, Object>();
    options.put("apiVersion", "v1");
    options.put("kind", "DeleteOptions");
    grace.ifPresent(time -> options.put("gracePeriodSeconds", time.toSeconds()));
    if (!uid.isEmpty()) {
      options.put("preconditions", Map.of("uid", uid));
    }
    try {
      good("DELETE", path(kind, namespace, name), METADATA, options);
      return true;
    } catch (ApiFailure e) {
      // A conflict says that what has the name now is another.
      if (e.isNotFound() || !uid.isEmpty() && e.isConflict()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * A part of all objects of a kind.
   *
   * @param query e.g. {@code labelSelector}, {@code limit}, {@code continue}
   */
  public JsonNode list(Kind kind, String namespace, Map<String, String> query)
      throws ApiFailure, InterruptedException {
    return sent("GET", kind.path(namespace) + "?" + encoded(query), null);
  }

  /**
   * What the one container of a pod has said, from the beginning; of one that waits to be started
   * again, what it said before it ended.
   *
   * @param ofEnded what the container said before the one that is there now, which may just have
   *     been started again; a failure where there was none
   * @param limit how many bytes of it
   */
  public String log(String namespace, String pod, boolean ofEnded, int limit)
      throws ApiFailure, InterruptedException {
    return said(
        namespace,
        pod,
        Map.of("limitBytes", Integer.toString(limit), "previous", Boolean.toString(ofEnded)));
  }

  /**
   * What a container of a pod has said last.
   *
   * @param lines how many lines of it at most
   * @param limit how many bytes of these, from the first on
   */
  public String lastLines(String namespace, String pod, String container, int lines, int limit)
      throws ApiFailure, InterruptedException {
    return said(
        namespace,
        pod,
        Map.of(
            "container",
            container,
            "tailLines",
            Integer.toString(lines),
            "limitBytes",
            Integer.toString(limit)));
  }

  private String said(String namespace, String pod, Map<String, String> query)
      throws ApiFailure, InterruptedException {
    String path = path(Kind.POD, namespace, pod) + "/log?" + encoded(query);
    return new String(good("GET", path, "", null).body(), UTF_8);
  }

  /**
   * Changes of objects from now on, one JSON object after the other, until the server or the caller
   * ends it. The call may return only with the first of them.
   *
   * @param time after which the server ends it
   */
  InputStream watch(Kind kind, String namespace, Map<String, String> query, Duration time)
      throws ApiFailure, InterruptedException {
    String path =
        kind.path(namespace)
            + "?watch=1&allowWatchBookmarks=true&timeoutSeconds="
            + time.toSeconds()
            + "&"
            + encoded(query);
    // Where nothing happens, not even the head of the answer comes before the watch is over.
    Duration limit = time.plus(patience);
    try {
      ApiClient.Opened opened = client.open(path, limit);
      if (opened.answer().status() >= LEAST_ERROR) {
        throw failure(opened.answer());
      }
      return opened.stream();
    } catch (IOException e) {
      throw noAnswer(e, limit);
    }
  }

  private JsonNode sent(String method, String path, @Nullable Object body)
      throws ApiFailure, InterruptedException {
    return read(good(method, path, JSON, body));
  }

  private JsonNode read(Answer answer) throws ApiFailure {
    try {
      return MAPPER.readTree(answer.body());
    } catch (JacksonException e) {
      throw new ApiFailure(
          answer.status(), "What answers at " + url + " is no API server: it sent no JSON");
    }
  }

  /** The time for an answer begins with the turn: waiting for others is not the server's fault. */
  private Answer good(String method, String path, String accept, @Nullable Object body)
      throws ApiFailure, InterruptedException {
    @Nullable Content content =
        body == null
            ? null
            : new Content(method.equals("PATCH") ? APPLY : JSON, MAPPER.writeValueAsBytes(body));
    Duration longest = patience.multipliedBy(TURNS);
    if (!turns.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new ApiFailure(
          ApiFailure.NO_ANSWER,
          "The API server at "
              + url
              + " is asked so much that there was no turn within "
              + longest.toSeconds()
              + " s");
    }
    try {
      Answer answer = client.ask(method, path, accept, content, patience);
      if (answer.status() >= LEAST_ERROR) {
        throw failure(answer);
      }
      return answer;
    } catch (IOException e) {
      throw noAnswer(e, patience);
    } finally {
      turns.release();
    }
  }

  private ApiFailure noAnswer(IOException e, Duration limit) {
    return new ApiFailure(
        ApiFailure.NO_ANSWER,
        "The API server at "
            + url
            + (e instanceof HttpCalls.LateException
                ? " did not answer within " + limit.toSeconds() + " s"
                : " can't be reached: " + root(e)));
  }

  /** The words of the deepest cause that has some. */
  private static String root(Throwable e) {
    String words = "";
    @Nullable Throwable cause = e;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      if (cause instanceof UnknownHostException) {
        return "its name is not known here";
      }
      if (cause instanceof CertificateNotYetValidException
          || cause instanceof CertificateExpiredException) {
        return "by this machine's clock its certificate is not valid now ("
            + cause.getMessage()
            + "). Set the clock, or have the certificate renewed";
      }
      if (cause.getMessage() != null) {
        words = cause.getMessage();
      } else if (words.isEmpty()) {
        words = cause.getClass().getSimpleName();
      }
      cause = cause.getCause();
    }
    return words;
  }

  /** The server's own words: it answers with an object of kind Status. */
  private static ApiFailure failure(Answer answer) {
    int status = answer.status();
    String message;
    try {
      message = MAPPER.readTree(answer.body()).path("message").asString("");
    } catch (JacksonException e) {
      // What stands between us and the server answers in its own way.
      message = "Status " + status + ": " + shortened(answer.body());
    }
    return new ApiFailure(
        status, message.isEmpty() ? "Status " + status : message, pause(answer.retryAfter()));
  }

  /** What is no number of seconds, such as a date, is none that we wait for. */
  private static Duration pause(String retryAfter) {
    return SECONDS.matcher(retryAfter).matches()
        ? Duration.ofSeconds(Long.parseLong(retryAfter))
        : Duration.ZERO;
  }

  private static String shortened(byte[] body) {
    String text = new String(body, UTF_8).strip();
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }

  private static String path(Kind kind, String namespace, String name) {
    return kind.path(namespace) + "/" + URLEncoder.encode(name, UTF_8);
  }

  private static String encoded(Map<String, String> query) {
    return query.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  @Override
  public void close() {
    client.close();
  }
}
