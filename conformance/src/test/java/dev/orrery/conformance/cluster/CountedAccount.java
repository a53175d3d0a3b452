package dev.orrery.conformance.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service account with the rights that the documentation wants for a hub, in a namespace of its
 * own. The API server counts its requests by verb, each under a flow schema.
 */
public final class CountedAccount {

  private static final List<String> VERBS = List.of("get", "list", "watch", "create", "delete");

  private static final Pattern COUNTER =
      Pattern.compile(
          "apiserver_flowcontrol_dispatched_requests_total\\{flow_schema=\"([^\"]*)\".*} ([0-9]+)");

  private final KubernetesCluster cluster;
  private final String namespace;

  private CountedAccount(KubernetesCluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  /** Makes one, and its namespace. */
  public static CountedAccount make(KubernetesCluster cluster, String namespace) {
    cluster.apply(
        """
        apiVersion: v1
        kind: Namespace
        metadata: {name: %1$s}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: hub, namespace: %1$s}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: hub, namespace: %1$s}
        rules:
        - {apiGroups: [""], resources: [pods], verbs: [get, list, watch, create, delete]}
        - {apiGroups: [""], resources: [events], verbs: [list, watch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: hub, namespace: %1$s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: hub}
        subjects: [{kind: ServiceAccount, name: hub, namespace: %1$s}]
        """
            .formatted(namespace));
    for (String verb : VERBS) {
      cluster.apply(counter(namespace, verb));
    }
    return new CountedAccount(cluster, namespace);
  }

  /** The share of the API server stays that of every service account. */
  private static String counter(String namespace, String verb) {
    return """
    apiVersion: flowcontrol.apiserver.k8s.io/v1
    kind: FlowSchema
    metadata: {name: %1$s-%2$s}
    spec:
      matchingPrecedence: 1000
      priorityLevelConfiguration: {name: workload-low}
      distinguisherMethod: {type: ByUser}
      rules:
      - subjects: [{kind: ServiceAccount, serviceAccount: {name: hub, namespace: %1$s}}]
        resourceRules:
        - {verbs: [%2$s], apiGroups: ["*"], resources: ["*"], namespaces: ["*"]}
    """
        .formatted(namespace, verb);
  }

  /** Writes a kubeconfig file for programs that ask as this account. */
  public void kubeconfig(Path file) {
    String token =
        cluster.kubectl("create", "token", "hub", "-n", namespace, "--duration=24h").strip();
    String whole = cluster.kubectl("config", "view", "--raw", "--minify");
    try {
      Files.writeString(file, whole.replaceAll("token: \\S+", "token: " + token));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often it has asked since it was made, by verb; verbs that it has not used are left out. */
  public Map<String, Integer> requests() {
    var requests = new TreeMap<String, Integer>();
    Matcher counters = COUNTER.matcher(cluster.kubectl("get", "--raw=/metrics"));
    while (counters.find()) {
      String schema = counters.group(1);
      if (schema.startsWith(namespace + "-")) {
        requests.put(schema.substring(namespace.length() + 1), Integer.parseInt(counters.group(2)));
      }
    }
    return requests;
  }
}
