package dev.orrery.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.conformance.cluster.Image;
import dev.orrery.conformance.cluster.KubernetesCluster;
import dev.orrery.conformance.cluster.SharedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code orrery deploy notebook} against a real cluster, as somebody types it. */
@Tag("cluster")
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class DeployNotebookTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  private static final String NAMESPACE = "notebooks";

  @RegisterExtension static final SharedCluster CLUSTER = new SharedCluster();

  private KubernetesCluster cluster;
  private Path kubeconfig;
  private final Path root = OrreryServer.makeRoot();

  private record Outcome(int status, String printed, String told) {

    Outcome succeeded() {
      assertThat(status).as(told).isZero();
      return this;
    }

    Outcome failed() {
      assertThat(status).as(printed + told).isEqualTo(1);
      assertThat(told).doesNotContain("Exception", "\tat ");
      return this;
    }
  }

  @BeforeEach
  void up() {
    cluster = CLUSTER.get();
    cluster.load(Image.of("base-notebook"));
    // As strict as a cluster can be with what its pods may do.
    cluster.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: %s
          labels: {pod-security.kubernetes.io/enforce: restricted}
        """
            .formatted(NAMESPACE));
    kubeconfig = root.resolve("kubeconfig");
    Texts.write(kubeconfig, cluster.kubectl("config", "view", "--raw"));
    cluster.kubectl(
        "config",
        "set-context",
        "--current",
        "--namespace=" + NAMESPACE,
        "--kubeconfig=" + kubeconfig);
  }

  @AfterEach
  void clean() {
    OrreryServer.delete(root);
    cluster.kubectl("delete", "namespace", NAMESPACE, "--timeout=150s");
  }

  /** In the namespace of these tests. */
  private String kubectl(String... arguments) {
    return cluster.kubectlIn(NAMESPACE, arguments);
  }

  private static String image() {
    return "--image=" + Image.of("base-notebook").name();
  }

  private Outcome deploy(String... options) {
    return deployAs(kubeconfig, "", options);
  }

  private Outcome deployWithPassword(String password, String... options) {
    var all = new ArrayList<String>(List.of(options));
    all.add("--password");
    return deployAs(kubeconfig, password, all.toArray(String[]::new));
  }

  private Outcome deployAs(Path kubeconfig, String input, String... options) {
    var line = new ArrayList<String>(List.of("deploy", "notebook"));
    line.addAll(List.of(options));
    ProcessBuilder command = OrreryServer.command(root, line);
    command.environment().put("KUBECONFIG", kubeconfig.toString());
    Path printed = root.resolve("printed");
    Path told = root.resolve("told");
    try {
      Process process =
          command.redirectOutput(printed.toFile()).redirectError(told.toFile()).start();
      try (var standardInput = process.getOutputStream()) {
        standardInput.write(input.getBytes(UTF_8));
      }
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(line + " does not end:\n" + Files.readString(told));
      }
      return new Outcome(process.exitValue(), Files.readString(printed), Files.readString(told));
    } catch (IOException e) {
      throw new AssertionError(line.toString(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  /** Somebody who has found the Service. */
  private HubSession visitor() {
    return HubSession.visitor(
        "http://"
            + kubectl("get", "service", "notebook", "-o", "jsonpath={.spec.clusterIP}")
            + ":8888");
  }

  private static boolean logIn(HubSession visitor, String password) {
    int status = visitor.fill("/login", "password", password).statusCode();
    boolean in = visitor.get("/api/contents").statusCode() == 200;
    assertThat(status).isEqualTo(in ? 200 : 401);
    return in;
  }

  private static String run(HubSession visitor, String code) {
    String kernel = visitor.json("POST", "/api/kernels", "{}").path("id").asString();
    try (var channels = visitor.kernel("/", kernel)) {
      return channels.execute(code);
    }
  }

  private static String file(HubSession visitor, String name) {
    return visitor.json("GET", "/api/contents/" + name, "").path("content").asString();
  }

  private List<String> names(String kinds) {
    return kubectl("get", kinds, "-l", "app.kubernetes.io/instance=notebook", "-o", "name")
        .lines()
        .toList();
  }

  @Test
  void aNotebookIsOpenedByItsPasswordChangesAndKeepsItsFiles() {
    Outcome first = deployWithPassword("first one\n", image(), "--apply").succeeded();
    assertThat(first.told()).contains("new        deployment/notebook", "Ready.");
    assertThat(first.printed())
        .contains("kubectl port-forward service/notebook 8888:8888", "http://127.0.0.1:8888/")
        .doesNotContain("first one");
    HubSession visitor = visitor();
    assertThat(logIn(visitor, "wrong")).isFalse();
    assertThat(logIn(visitor, "first one")).isTrue();
    assertThat(run(visitor, "open('kept.txt', 'w').write('of today'); print(6 * 7)"))
        .isEqualTo("42\n");

    Outcome second = deployWithPassword("second", image(), "--apply").succeeded();
    assertThat(second.told())
        .contains("as it was  pvc/notebook", "changed    configmap/notebook")
        .contains("changed    deployment/notebook");
    assertThat(logIn(visitor(), "first one")).isFalse();
    HubSession again = visitor();
    assertThat(logIn(again, "second")).isTrue();
    assertThat(file(again, "kept.txt")).isEqualTo("of today");

    // Other options, and nothing said of the password.
    deploy(image(), "--apply", "--env=GREETING=$(HOME) there").succeeded();
    HubSession third = visitor();
    assertThat(logIn(third, "second")).isTrue();
    assertThat(run(third, "import os; print(os.environ['GREETING'])")).isEqualTo("$(HOME) there\n");
    assertThat(deploy(image(), "--apply", "--env=GREETING=$(HOME) there").succeeded().told())
        .as("what is there already")
        .doesNotContain("changed ", "new ");

    Outcome deleted = deploy("--delete").succeeded();
    assertThat(deleted.told())
        .contains("deleted    deployment/notebook", "kept       pvc/notebook");
    assertThat(deleted.printed()).contains("orrery deploy notebook --delete --delete-storage");
    Eventually.holds(
        "all but the files is gone",
        LIMIT,
        () ->
            names("pods,deployments,services,configmaps,pvc")
                .equals(List.of("persistentvolumeclaim/notebook")),
        () -> names("all,pvc").toString());

    Outcome back = deploy(image(), "--apply").succeeded();
    assertThat(back.told()).contains("as it was  pvc/notebook");
    assertThat(back.printed()).as("no password, and so a token").contains("8888/?token=");
    deployWithPassword("third", image(), "--apply").succeeded();
    HubSession last = visitor();
    assertThat(logIn(last, "third")).isTrue();
    assertThat(file(last, "kept.txt")).isEqualTo("of today");

    assertThat(deploy("--delete", "--delete-storage").succeeded().told())
        .contains("deleted    pvc/notebook");
    Eventually.holds(
        "nothing is left",
        LIMIT,
        () -> names("pods,deployments,services,configmaps,pvc").isEmpty(),
        () -> names("all,pvc").toString());
    assertThat(deploy("--delete").failed().told()).contains("there is no notebook 'notebook'");
  }

  @Test
  void whatIsPrintedIsWhatKubectlTakesAndIsOursThen() {
    Outcome printed =
        deployWithPassword("pw", image(), "--host=nb.example.org", "--env=Y=y").succeeded();
    assertThat(printed.told()).isEmpty();
    cluster.applyIn(NAMESPACE, printed.printed());
    kubectl("rollout", "status", "deployment/notebook", "--timeout=150s");
    assertThat(logIn(visitor(), "pw")).isTrue();

    Outcome applied = deploy(image(), "--apply", "--host=nb.example.org", "--env=Y=y").succeeded();
    assertThat(applied.told()).contains("as it was  deployment/notebook", "password stays");
    assertThat(applied.printed()).contains("http://nb.example.org/").doesNotContain("kubectl");

    assertThat(deploy(image(), "--apply", "--env=Y=y").succeeded().told())
        .contains("deleted    ingress/notebook");
    assertThat(deploy("--apply", image(), "--storage=1Mi").failed().told())
        .contains("--storage", "1Gi", "never shrink");
    assertThat(deploy("--apply", image(), "--storage-class=fast").failed().told())
        .contains("--storage-class", "'fast'");
  }

  @Test
  void whatOthersMadeIsLeftAlone() {
    kubectl("create", "deployment", "notebook", image());
    String before = kubectl("get", "deployment", "notebook", "-o", "jsonpath={.spec}");

    assertThat(deploy(image(), "--apply").failed().told())
        .contains("deployment/notebook: it was made with kubectl-create", "Choose another");
    assertThat(names("pvc,services,configmaps")).as("nothing was begun").isEmpty();
    assertThat(deploy("--delete").failed().told()).contains("left       deployment/notebook");
    assertThat(kubectl("get", "deployment", "notebook", "-o", "jsonpath={.spec}"))
        .isEqualTo(before);
  }

  @Test
  void whatKeepsItFromStartingIsTold() throws IOException {
    Outcome noImage =
        deploy("--apply", "--image=localhost/orrery/none:1", "--timeout=20s").failed();
    assertThat(noImage.told())
        .contains("The image can't be pulled", "localhost/orrery/none:1", "Not ready within 20 s");

    Path settings = root.resolve("settings.json");
    Files.writeString(settings, "{\"ServerApp\": {\"max_body_size\": \"much\"}}");
    assertThat(deploy("--apply", image(), "--settings=" + settings).failed().told())
        .as("which also was not held up by the earlier one")
        .contains("ended", "Its last words", "ServerApp.max_body_size");

    kubectl("create", "quota", "small", "--hard=requests.memory=600Mi");
    assertThat(deploy("--apply", image(), "--memory=1Gi").failed().told())
        .contains("not enough room left in the namespace", "exceeded quota: small");
    deploy("--apply", image()).succeeded();
  }

  @Test
  void missingRightsAndClustersAreNamed() throws IOException {
    kubectl("create", "serviceaccount", "guest");
    kubectl(
        "create",
        "role",
        "guest",
        "--verb=get,list",
        "--resource=pods,deployments.apps,services,configmaps,persistentvolumeclaims");
    kubectl(
        "create",
        "rolebinding",
        "guest",
        "--role=guest",
        "--serviceaccount=" + NAMESPACE + ":guest");
    String token = kubectl("create", "token", "guest").strip();
    Path guest = root.resolve("guest");
    Files.writeString(
        guest, Files.readString(kubeconfig).replaceFirst("token: \\S+", "token: " + token));

    assertThat(deployAs(guest, "", "--apply", image()).failed().told())
        .contains(
            "cannot patch resource \"persistentvolumeclaims\"", "namespace \"" + NAMESPACE + "\"");
    assertThat(names("pvc")).isEmpty();
    assertThat(deployAs(root.resolve("none"), "", "--apply", image()).failed().told())
        .contains("KUBECONFIG is '" + root.resolve("none") + "'");
    assertThat(deploy("--apply", image(), "--namespace=nowhere").failed().told())
        .contains("no namespace 'nowhere'", "kubectl create namespace nowhere");
  }
}
