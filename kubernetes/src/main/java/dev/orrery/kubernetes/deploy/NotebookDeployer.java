package dev.orrery.kubernetes.deploy;

import static java.util.Objects.requireNonNull;

import dev.orrery.kubernetes.api.ApiAddress;
import dev.orrery.kubernetes.api.ApiFailure;
import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.ClusterSearch;
import dev.orrery.kubernetes.deploy.NotebookPlan.Storage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Puts notebooks onto a cluster and takes them away. Everything can be done again: what is there
 * already is brought to what is asked for. Methods block and may be called on any thread.
 */
public final class NotebookDeployer implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ApiServer server;
  private final Consumer<String> tell;

  private NotebookDeployer(ApiServer server, Consumer<String> tell) {
    this.server = server;
    this.tell = tell;
  }

  /**
   * Finds the cluster; nothing is asked of it yet.
   *
   * @param env of the process
   * @param home of the user
   * @param tell takes lines for who waits
   * @throws DeployFailure where none is named, or by a file that is none
   */
  public static NotebookDeployer open(Map<String, String> env, Path home, Consumer<String> tell)
      throws DeployFailure {
    ApiServer server;
    try {
      server = ClusterSearch.open(ApiAddress.OF_SURROUNDINGS, env, home, PATIENCE);
    } catch (IllegalArgumentException e) {
      throw new DeployFailure(String.valueOf(e.getMessage()));
    }
    return new NotebookDeployer(server, requireNonNull(tell, "tell"));
  }

  /**
   * Makes the notebook, or brings it to what the plan says. Nothing is changed unless the API
   * server would take all of it.
   *
   * @param dropsPassword whether a password that it has goes; else it stays where the plan has none
   * @return what to wait for
   * @throws DeployFailure when something else has its name, or the API server refuses
   */
  public Rollout apply(NotebookPlan plan, boolean dropsPassword)
      throws DeployFailure, InterruptedException {
    String namespace = namespace(plan.namespace());
    try {
      Map<Part, JsonNode> there = there(plan, namespace);
      NotebookPlan whole = withPassword(withVolume(plan, there), there, dropsPassword);
      Map<Part, Map<String, Object>> manifests = NotebookManifests.of(whole);
      Set<String> earlierPods = Rollout.pods(server, namespace, plan.name());
      for (var manifest : manifests.entrySet()) {
        apply(manifest.getKey(), namespace, plan.name(), manifest.getValue(), true);
      }
      @Nullable JsonNode deployment = null;
      for (var manifest : manifests.entrySet()) {
        Part part = manifest.getKey();
        JsonNode now = apply(part, namespace, plan.name(), manifest.getValue(), false);
        tell.accept("  " + change(there.get(part), now) + part.called(plan.name()));
        deployment = part == Part.DEPLOYMENT ? now : deployment;
      }
      if (there.containsKey(Part.INGRESS) && whole.entrance().isEmpty()) {
        delete(Part.INGRESS, namespace, plan.name(), there.get(Part.INGRESS));
      }
      return new Rollout(
          server,
          namespace,
          whole,
          generation(deployment) == generation(there.get(Part.DEPLOYMENT)) ? Set.of() : earlierPods,
          tell);
    } catch (ApiFailure e) {
      throw DeployFailure.of(e);
    }
  }

  private String namespace(String wanted) {
    String namespace = wanted.isEmpty() ? server.namespace() : wanted;
    tell.accept("Namespace " + namespace + " of the cluster at " + server.url());
    return namespace;
  }

  /** What is there of the parts that the plan has; and an Ingress of ours in any case. */
  private Map<Part, JsonNode> there(NotebookPlan plan, String namespace)
      throws ApiFailure, DeployFailure, InterruptedException {
    var wanted = EnumSet.of(Part.SETTINGS, Part.SERVICE, Part.DEPLOYMENT);
    plan.storage().ifPresent(storage -> wanted.add(Part.CLAIM));
    plan.entrance().ifPresent(entrance -> wanted.add(Part.INGRESS));
    var there = new EnumMap<Part, JsonNode>(Part.class);
    var foreign = new ArrayList<String>();
    for (Part part : wanted) {
      Optional<JsonNode> object = server.get(part.kind(), namespace, plan.name());
      object.ifPresent(found -> there.put(part, found));
      object
          .filter(found -> !Ownership.isOurs(found, plan.name()))
          .ifPresent(
              found -> foreign.add(part.called(plan.name()) + ": " + Ownership.owner(found)));
    }
    if (!foreign.isEmpty()) {
      throw new DeployFailure(
          "Something else in the namespace "
              + namespace
              + " has the name '"
              + plan.name()
              + "' and is left as it is. Choose another: orrery deploy notebook NAME\n  "
              + String.join("\n  ", foreign));
    }
    if (!wanted.contains(Part.INGRESS)) {
      ingress(plan.name(), namespace).ifPresent(found -> there.put(Part.INGRESS, found));
    }
    for (var object : there.entrySet()) {
      if (object.getValue().path("metadata").has("deletionTimestamp")) {
        throw new DeployFailure(
            object.getKey().called(plan.name())
                + " is still being deleted. Try again when it is gone, or choose another name");
      }
    }
    return there;
  }

  /** That of an earlier call, which may have been made by somebody with more rights. */
  private Optional<JsonNode> ingress(String name, String namespace)
      throws ApiFailure, InterruptedException {
    try {
      return server
          .get(Part.INGRESS.kind(), namespace, name)
          .filter(found -> Ownership.isOurs(found, name));
    } catch (ApiFailure e) {
      if (e.isForbidden()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A volume stays as it is where nothing is said of it, and can only grow. */
  private static NotebookPlan withVolume(NotebookPlan plan, Map<Part, JsonNode> there)
      throws DeployFailure {
    @Nullable JsonNode claim = there.get(Part.CLAIM);
    if (claim == null || plan.storage().isEmpty()) {
      return plan;
    }
    Storage wanted = plan.storage().get();
    JsonNode spec = claim.path("spec");
    String size = spec.path("resources").path("requests").path("storage").asString("");
    Optional<String> kind =
        Optional.of(spec.path("storageClassName").asString("")).filter(text -> !text.isEmpty());
    if (wanted.kind().isPresent() && !wanted.kind().equals(kind)) {
      throw new DeployFailure(
          "--storage-class: the volume of '"
              + plan.name()
              + "' has the class "
              + kind.map(name -> "'" + name + "'").orElse("of none")
              + ", and that can't change. Leave the option out, or choose another name for a notebook"
              + " with a volume of the class '"
              + wanted.kind().get()
              + "'");
    }
    if (wanted.size().flatMap(Quantity::of).isPresent()
        && Quantity.of(size).isPresent()
        && wanted.size().flatMap(Quantity::of).get().compareTo(Quantity.of(size).get()) < 0) {
      throw new DeployFailure(
          "--storage: the volume of '"
              + plan.name()
              + "' has "
              + size
              + ", and volumes never shrink to "
              + wanted.size().get()
              + ". Leave the option out, or give more");
    }
    return plan.with(new Storage(wanted.size().or(() -> Optional.of(size)), kind));
  }

  /** Who logs in with a password today does so tomorrow, unless something else is said. */
  private NotebookPlan withPassword(
      NotebookPlan plan, Map<Part, JsonNode> there, boolean dropsPassword) {
    @Nullable JsonNode settings = there.get(Part.SETTINGS);
    if (settings == null || dropsPassword || plan.settings().password().isPresent()) {
      return plan;
    }
    Optional<String> password =
        NotebookSettings.of(
                settings.path("data").path(NotebookManifests.SETTINGS_FILE).asString(""))
            .flatMap(NotebookSettings::password);
    if (password.isEmpty()) {
      return plan;
    }
    tell.accept("The password stays as it is (--no-password takes it away)");
    return plan.withPassword(password.get());
  }

  private JsonNode apply(
      Part part, String namespace, String name, Map<String, Object> manifest, boolean rehearsal)
      throws ApiFailure, DeployFailure, InterruptedException {
    try {
      return server.apply(part.kind(), namespace, name, manifest, Ownership.MANAGER, rehearsal);
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        throw new DeployFailure(
            "There is no namespace '"
                + namespace
                + "' on the cluster. Give another with --namespace, or make it: kubectl create"
                + " namespace "
                + namespace);
      }
      if (part == Part.CLAIM && e.message().contains("resize")) {
        throw new DeployFailure(
            "--storage: this volume can't grow. Leave the option out. The cluster says: "
                + e.message());
      }
      throw e;
    }
  }

  private static String change(@Nullable JsonNode before, JsonNode now) {
    if (before == null) {
      return "new        ";
    }
    return content(before).equals(content(now)) ? "as it was  " : "changed    ";
  }

  /** All but what the server keeps account of. */
  private static List<JsonNode> content(JsonNode object) {
    JsonNode metadata = object.path("metadata");
    return List.of(
        object.path("spec"),
        object.path("data"),
        metadata.path("labels"),
        metadata.path("annotations"));
  }

  private static long generation(@Nullable JsonNode object) {
    return object == null ? 0 : object.path("metadata").path("generation").asLong(0);
  }

  private void delete(Part part, String namespace, String name, @Nullable JsonNode object)
      throws ApiFailure, InterruptedException {
    String uid = object == null ? "" : object.path("metadata").path("uid").asString("");
    server.delete(part.kind(), namespace, name, uid, Optional.empty());
    tell.accept("  deleted    " + part.called(name));
  }

  /**
   * Takes a notebook away, as far as it is one of ours.
   *
   * @param wanted the namespace; empty for the one that the surroundings say
   * @param storage whether its volume goes as well
   * @return what is left, and how that goes, in lines; nothing where there was nothing of it
   */
  public Optional<String> delete(String name, String wanted, boolean storage)
      throws DeployFailure, InterruptedException {
    String namespace = namespace(wanted);
    boolean found = false;
    String left = "";
    try {
      for (Part part : List.of(Part.values()).reversed()) {
        Optional<JsonNode> object =
            part == Part.INGRESS
                ? ingress(name, namespace)
                : server.get(part.kind(), namespace, name);
        if (object.isEmpty()) {
          continue;
        }
        if (!Ownership.isOurs(object.get(), name)) {
          tell.accept("  left       " + part.called(name) + ": " + Ownership.owner(object.get()));
          continue;
        }
        found = true;
        if (part != Part.CLAIM || storage) {
          delete(part, namespace, name, object.get());
        } else {
          tell.accept("  kept       " + part.called(name));
          left =
              """
              The files stay in %s. To find them there again: %s
              To delete them for good:  %s
              """
                  .formatted(
                      part.called(name),
                      WaysIn.orrery(name, wanted, "--apply"),
                      WaysIn.orrery(name, wanted, "--delete --delete-storage"));
        }
      }
      return found ? Optional.of(left) : Optional.empty();
    } catch (ApiFailure e) {
      throw DeployFailure.of(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
