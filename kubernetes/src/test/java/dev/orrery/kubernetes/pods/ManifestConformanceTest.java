package dev.orrery.kubernetes.pods;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.config.Trait;
import dev.orrery.kubernetes.manifests.ClaimManifest;
import dev.orrery.kubernetes.manifests.KubeTraits;
import dev.orrery.kubernetes.manifests.OtherManifests;
import dev.orrery.kubernetes.manifests.PodManifest;
import dev.orrery.kubernetes.manifests.PodPlan;
import dev.orrery.kubernetes.manifests.PodSettings;
import dev.orrery.kubernetes.names.Templates;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pods, claims, Services and namespaces are those that KubeSpawner makes of the same settings. */
class ManifestConformanceTest {

  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final long SEED = 4711;
  private static final int COMBINATIONS = 150;

  /** What the hub asks for of every server; what it tells the server itself is not compared. */
  private static final Map<String, String> GIVEN =
      Map.of("JUPYTERHUB_USER", "somebody", "JUPYTERHUB_API_TOKEN", "t{k}n");

  /** Given by the hub's side of KubeSpawner, by us with the port we know. */
  private static final List<String> OURS =
      List.of(
          "JUPYTERHUB_SERVICE_URL",
          "ORRERY_SPAWN_ID",
          "MEM_LIMIT",
          "MEM_GUARANTEE",
          "CPU_LIMIT",
          "CPU_GUARANTEE");

  @TempDir Path folder;

  @Test
  void manifestsAreThoseOfKubeSpawner() throws Exception {
    List<JsonNode> cases = cases();
    JsonNode theirs = theirs(cases);
    assertThat(theirs).hasSameSizeAs(cases);
    var differences = new ArrayList<String>();
    for (int i = 0; i < cases.size(); i++) {
      differences(cases.get(i), theirs.get(i), differences);
    }
    assertThat(differences).isEmpty();
    assertThat(cases).hasSizeGreaterThan(COMBINATIONS * 3 / 2);
  }

  private static void differences(JsonNode each, JsonNode theirs, List<String> differences) {
    Map<String, Object> ours;
    try {
      ours = ours(each);
    } catch (IllegalArgumentException | SpawnFailure e) {
      if (!theirs.has("error")) {
        differences.add(each + "\n  ours fails: " + e.getMessage());
      }
      return;
    }
    if (theirs.has("error")) {
      differences.add(each + "\n  theirs fails: " + theirs.path("error").asString());
      return;
    }
    compare("", MAPPER.valueToTree(ours), theirs, each, differences);
  }

  private static void compare(
      String path, JsonNode ours, JsonNode theirs, JsonNode each, List<String> differences) {
    if (ours.isObject() && theirs.isObject()) {
      var names = new TreeSet<>(ours.propertyNames());
      names.addAll(theirs.propertyNames());
      names.forEach(name ->
          compare(path + "/" + name, ours.path(name), theirs.path(name), each, differences));
    } else if (ours.isArray() && theirs.isArray() && ours.size() == theirs.size()) {
      for (int i = 0; i < ours.size(); i++) {
        compare(path + "/" + i, ours.get(i), theirs.get(i), each, differences);
      }
    } else if (ours.isNumber() && theirs.isNumber()
        ? ours.asDouble() != theirs.asDouble()
        : !ours.equals(theirs)) {
      differences.add(each + "\n  " + path + ": ours " + ours + ", theirs " + theirs);
    }
  }

  /** What is written down, and combinations of it. */
  private static List<JsonNode> cases() throws IOException {
    var cases = new ArrayList<JsonNode>();
    try (var in = requireNonNull(ManifestConformanceTest.class.getResourceAsStream("cases.json"))) {
      for (JsonNode written : MAPPER.readTree(in.readAllBytes())) {
        cases.add(complete(written, written.path("settings")));
      }
    }
    int written = cases.size();
    var random = new Random(SEED);
    for (int i = 0; i < COMBINATIONS; i++) {
      var settings = MAPPER.createObjectNode();
      for (int j = 0; j < 2 + random.nextInt(6); j++) {
        JsonNode one = cases.get(random.nextInt(written)).path("settings");
        one.properties().forEach(entry -> settings.set(entry.getKey(), entry.getValue()));
      }
      cases.add(complete(cases.get(random.nextInt(written)), settings));
    }
    return cases;
  }

  private static JsonNode complete(JsonNode who, JsonNode settings) {
    var complete = MAPPER.createObjectNode();
    complete.put("user", who.path("user").asString("ada"));
    complete.put("userid", who.path("userid").asInt(7));
    complete.put("server", who.path("server").asString(""));
    complete.put("namespace", who.path("namespace").asString("hubs"));
    complete.set(
        "options",
        who.path("options").isObject() ? who.path("options") : MAPPER.createObjectNode());
    complete.set("settings", settings.isObject() ? settings : MAPPER.createObjectNode());
    return complete;
  }

  private JsonNode theirs(List<JsonNode> cases) throws IOException, InterruptedException {
    Path script = folder.resolve("manifests.py");
    try (var in =
        requireNonNull(ManifestConformanceTest.class.getResourceAsStream("manifests.py"))) {
      Files.write(script, in.readAllBytes());
    }
    Path input = Files.write(folder.resolve("cases"), MAPPER.writeValueAsBytes(cases));
    Path output = folder.resolve("answers");
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(python(), script.toString())
            .redirectInput(input.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("KubeSpawner answers").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(errors, UTF_8)).isZero();
    return MAPPER.readTree(Files.readAllBytes(output));
  }

  private static String python() {
    return Path.of(
            requireNonNull(
                System.getenv("ORRERY_TEST_HUB"),
                "ORRERY_TEST_HUB is not set: run the tests by ./dev test, which installs KubeSpawner"))
        .resolve("bin/python")
        .toString();
  }

  private static Map<String, Object> ours(JsonNode each) throws SpawnFailure {
    Map<String, Object> settings = map(each.path("settings"));
    var ofPods = new LinkedHashMap<String, @Nullable Object>();
    settings.forEach((name, value) -> {
      if (PodSettings.knows(name)) {
        ofPods.put(name, value);
      }
    });
    var kube = kube(ofPods, settings);
    var request = request(each, settings);
    Launch launch = Launch.of(kube, request);
    String hubNamespace = each.path("namespace").asString();
    Templates templates = launch.templates(hubNamespace);
    PodNames names = launch.names(hubNamespace);
    String namespace = names.namespace();
    String claim = launch.claim(names, templates);
    PodPlan plan = launch.plan(names, templates, claim);
    var manifests = new LinkedHashMap<String, Object>();
    manifests.put("pod", withoutOurs(PodManifest.of(plan)));
    manifests.put("service", OtherManifests.service(plan, "an-uid"));
    Map<String, Object> ofNamespace =
        OtherManifests.namespace(namespace, launch.settings(), plan.templates());
    ofNamespace.remove("kind");
    ofNamespace.remove("apiVersion");
    manifests.put("namespace", ofNamespace);
    if (launch.settings().get(KubeTraits.STORAGE_PVC_ENSURE)) {
      manifests.put(
          "claim", ClaimManifest.of(request.who(), claim, launch.settings(), plan.templates()));
    }
    manifests.put("dns", names.dns());
    // The server fills these in, whoever leaves them out.
    ((Map<?, ?>) requireNonNull(manifests.get("service"))).remove("apiVersion");
    return manifests;
  }

  private static Map<String, Object> withoutOurs(Map<String, Object> pod) {
    var spec = (Map<?, ?>) requireNonNull(pod.get("spec"));
    var containers = (List<?>) requireNonNull(spec.get("containers"));
    var container = (Map<?, ?>) containers.getFirst();
    if (container.get("env") instanceof List<?> variables) {
      variables.removeIf(
          variable -> variable instanceof Map<?, ?> map && OURS.contains(map.get("name")));
    }
    return pod;
  }

  private static KubeSettings kube(Map<String, ?> pods, Map<String, Object> settings) {
    return TestSettings.of(
        pods,
        settings.get("environment") instanceof Map<?, ?> map ? texts(map) : Map.of(),
        PodSettings.entries(settings.getOrDefault("profile_list", List.of())));
  }

  private static Map<String, Object> texts(Map<?, ?> map) {
    var copy = new LinkedHashMap<String, Object>();
    map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    return copy;
  }

  private static SpawnRequest request(JsonNode each, Map<String, Object> settings) {
    var command = new ArrayList<>(strings(settings.get("cmd")));
    if (!command.isEmpty()) {
      command.addAll(strings(settings.get("args")));
    }
    int port = settings.get("port") instanceof Number number ? number.intValue() : 0;
    return new SpawnRequest(
        new SpawnRequest.Id("a-1"),
        new ServerName(each.path("user").asString(), each.path("server").asString()),
        each.path("userid").asLong(),
        command,
        given(settings),
        new SpawnRequest.Listen("0.0.0.0", port, "/user/x/"),
        new SpawnRequest.Limits(
            bytes(settings.get("mem_limit")),
            bytes(settings.get("mem_guarantee")),
            cores(settings.get("cpu_limit")),
            cores(settings.get("cpu_guarantee"))),
        "",
        "",
        map(each.path("options")),
        Map.of(),
        Duration.ofSeconds(1));
  }

  /** The hub gives the variables of the settings as they stand there. */
  private static Map<String, String> given(Map<String, Object> settings) {
    var given = new LinkedHashMap<String, String>();
    if (settings.get("environment") instanceof Map<?, ?> map) {
      map.forEach((name, value) -> given.put(String.valueOf(name), String.valueOf(value)));
    }
    given.putAll(GIVEN);
    return given;
  }

  private static List<String> strings(@Nullable Object list) {
    return list instanceof List<?> items ? items.stream().map(String::valueOf).toList() : List.of();
  }

  private static long bytes(@Nullable Object size) {
    return size == null ? 0 : Trait.byteSize("Spawner.mem_limit", 0, "").valueOf(size);
  }

  private static double cores(@Nullable Object number) {
    return number instanceof Number cores ? cores.doubleValue() : 0;
  }

  private static Map<String, Object> map(JsonNode object) {
    var map = new LinkedHashMap<String, Object>();
    object.properties().forEach(entry -> put(map, entry.getKey(), plain(entry.getValue())));
    return map;
  }

  /** A profile removes by null, which the type of a map's values can't say. */
  @SuppressWarnings("NullAway")
  private static void put(Map<String, Object> map, String key, @Nullable Object value) {
    map.put(key, value);
  }

  private static @Nullable Object plain(JsonNode node) {
    if (node.isObject()) {
      return map(node);
    }
    if (node.isArray()) {
      var list = new ArrayList<@Nullable Object>();
      node.forEach(item -> list.add(plain(item)));
      return list;
    }
    if (node.isNull()) {
      return null;
    }
    if (node.isIntegralNumber()) {
      return node.asLong();
    }
    if (node.isNumber()) {
      return node.asDouble();
    }
    return node.isBoolean() ? (Object) node.asBoolean() : node.asString();
  }
}
