import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An API server of pods that are said to run as soon as they are made, for the training of a hub: it answers what a spawner asks
 * and nothing else. Every address it gives is one that answers everything. Prints the port of itself and of that.
 */
public final class PodApi {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What a real one writes into every object, and nobody here wants to know. */
  private static final String MANAGED =
      """
      [{"manager": "train", "operation": "Update", "apiVersion": "v1", "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
        "fieldsV1": {"f:metadata": {"f:annotations": {".": {}, "f:hub.jupyter.org/username": {}}, "f:labels": {".": {}, "f:app": {},
        "f:component": {}}}, "f:spec": {"f:containers": {"k:{\\"name\\":\\"notebook\\"}": {".": {}, "f:args": {}, "f:env": {".": {},
        "k:{\\"name\\":\\"JUPYTERHUB_API_TOKEN\\"}": {".": {}, "f:name": {}, "f:value": {}}}, "f:image": {}, "f:imagePullPolicy": {},
        "f:name": {}, "f:ports": {".": {}}, "f:resources": {".": {}, "f:limits": {".": {}, "f:memory": {}}}}},
        "f:restartPolicy": {}, "f:securityContext": {}}}}]""";

  /** Each change with its kind, from the first; a watch goes on where its version says. */
  private final List<Change> changes = new ArrayList<>();

  private final Map<String, ObjectNode> pods = new LinkedHashMap<>();

  private record Change(String kind, String line) {}

  public static void main(String[] arguments) throws IOException {
    int api = served(new PodApi()::answer);
    int servers = served(exchange -> sent(exchange, 200, "{}"));
    System.out.println("api " + api + " servers " + servers);
  }

  private interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private static int served(Answer answer) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            answer.to(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    String path = exchange.getRequestURI().getPath();
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    String kind = path.contains("/events") ? "Event" : "Pod";
    String name = path.replaceFirst(".*/(pods|events)/?", "");
    JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
    switch (exchange.getRequestMethod()) {
      case "POST" -> sent(exchange, 201, made((ObjectNode) body));
      case "DELETE" -> sent(exchange, 200, deleted(name));
      default -> {
        if (query.contains("watch=1")) {
          watch(exchange, kind, Integer.parseInt(query.replaceFirst(".*resourceVersion=(\\d+).*", "$1")));
        } else {
          sent(exchange, name.isEmpty() ? 200 : 404, name.isEmpty() ? list(kind) : "{\"message\": \"not found\"}");
        }
      }
    }
  }

  private static void sent(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void watch(HttpExchange exchange, String kind, int from) throws IOException, InterruptedException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    int next = from;
    long end = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < end) {
      var lines = new StringBuilder();
      synchronized (this) {
        if (next == changes.size()) {
          wait(1000);
        }
        for (; next < changes.size(); next++) {
          if (changes.get(next).kind.equals(kind)) {
            lines.append(changes.get(next).line).append('\n');
          }
        }
      }
      out.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }

  private synchronized String list(String kind) {
    ObjectNode list = JSON.createObjectNode();
    list.putObject("metadata").put("resourceVersion", String.valueOf(changes.size()));
    var items = list.putArray("items");
    if (kind.equals("Pod")) {
      pods.values().forEach(items::add);
    }
    return list.toString();
  }

  /** As scheduler and kubelet go about it: bound to a node, its container made, ready. */
  private synchronized String made(ObjectNode pod) {
    ObjectNode metadata = (ObjectNode) pod.get("metadata");
    metadata.put("namespace", "train").put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", Instant.now().toString()).set("managedFields", JSON.readTree(MANAGED));
    pod.putObject("status").put("phase", "Pending").put("qosClass", "Burstable");
    pods.put(metadata.get("name").asString(), pod);
    told("ADDED", pod);
    String answer = pod.toString();
    ((ObjectNode) pod.get("spec")).put("nodeName", "train");
    told("MODIFIED", pod);
    event(metadata, "Scheduled", "Successfully assigned train/" + metadata.get("name").asString() + " to train");
    ObjectNode status = (ObjectNode) pod.get("status");
    ObjectNode container = status.putArray("containerStatuses").addObject().put("name", "notebook").put("ready", false);
    container.putObject("state").putObject("waiting").put("reason", "ContainerCreating");
    told("MODIFIED", pod);
    container.put("ready", true).putObject("state").putObject("running").put("startedAt", Instant.now().toString());
    status.put("phase", "Running").put("podIP", "127.0.0.1");
    status.putArray("conditions").addObject().put("type", "Ready").put("status", "True");
    event(metadata, "Started", "Started container notebook");
    told("MODIFIED", pod);
    return answer;
  }

  private synchronized String deleted(String name) {
    ObjectNode pod = pods.remove(name);
    if (pod != null) {
      ((ObjectNode) pod.get("metadata")).put("deletionTimestamp", Instant.now().toString());
      told("MODIFIED", pod);
      told("DELETED", pod);
    }
    return "{}";
  }

  private void event(ObjectNode pod, String reason, String message) {
    ObjectNode event = JSON.createObjectNode();
    event.putObject("metadata").put("name", pod.get("name").asString() + "." + changes.size()).put("namespace", "train");
    event
        .putObject("involvedObject")
        .put("kind", "Pod")
        .put("namespace", "train")
        .put("name", pod.get("name").asString())
        .put("uid", pod.get("uid").asString());
    told("ADDED", event.put("reason", reason).put("message", message).put("type", "Normal"));
  }

  private synchronized void told(String type, ObjectNode object) {
    ((ObjectNode) object.get("metadata")).put("resourceVersion", String.valueOf(changes.size() + 1));
    String kind = object.has("reason") ? "Event" : "Pod";
    changes.add(new Change(kind, "{\"type\":\"" + type + "\",\"object\":" + object + "}"));
    notifyAll();
  }
}
