package dev.orrery.kubernetes.deploy;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A notebook as somebody wants it, with values that were checked.
 *
 * @param name of all its objects
 * @param namespace where it goes; empty for the one that the surroundings say
 * @param image what runs
 * @param storage where files are kept; nothing where none are
 * @param entrance how it is reached from outside; nothing where it is not
 * @param resources what it gets of the cluster
 * @param variables its environment, in order
 * @param settings of the server
 */
public record NotebookPlan(
    String name,
    String namespace,
    String image,
    Optional<Storage> storage,
    Optional<Entrance> entrance,
    Resources resources,
    Map<String, String> variables,
    NotebookSettings settings) {

  /** What runs where nothing else is asked for. */
  static final String DEFAULT_IMAGE = "quay.io/jupyter/base-notebook:2026-08-24";

  /** What is kept free for it where nothing else is asked for. */
  static final String DEFAULT_MEMORY = "512Mi";

  /** How large a new volume is where nothing else is asked for. */
  static final String DEFAULT_STORAGE = "1Gi";

  /** Where the container and the Service listen. */
  static final int PORT = 8888;

  /**
   * A volume.
   *
   * @param size nothing for that of the volume there is, else the usual one
   * @param kind its storage class; nothing likewise
   */
  public record Storage(Optional<String> size, Optional<String> kind) {
    public Storage {
      requireNonNull(size, "size");
      requireNonNull(kind, "kind");
    }
  }

  /**
   * A way in from outside of the cluster.
   *
   * @param host the name that browsers use
   * @param kind of Ingress controller; nothing for the cluster's usual one
   * @param tlsSecret where the certificate is; nothing for plain HTTP
   */
  public record Entrance(String host, Optional<String> kind, Optional<String> tlsSecret) {
    public Entrance {
      requireNonNull(host, "host");
      requireNonNull(kind, "kind");
      requireNonNull(tlsSecret, "tlsSecret");
    }

    /** The address of the server's root, with its slash. */
    String url() {
      return (tlsSecret.isPresent() ? "https://" : "http://") + host + "/";
    }
  }

  /**
   * What it gets.
   *
   * @param cpu processors, of which it gets neither more nor less; nothing for what is free
   * @param memory likewise; nothing for at least the usual amount
   * @param gpus how many
   */
  public record Resources(Optional<String> cpu, Optional<String> memory, int gpus) {
    public Resources {
      requireNonNull(cpu, "cpu");
      requireNonNull(memory, "memory");
    }
  }

  public NotebookPlan {
    requireNonNull(name, "name");
    requireNonNull(namespace, "namespace");
    requireNonNull(image, "image");
    requireNonNull(storage, "storage");
    requireNonNull(entrance, "entrance");
    requireNonNull(resources, "resources");
    requireNonNull(settings, "settings");
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }

  /** The same with other settings of the server. */
  NotebookPlan with(NotebookSettings other) {
    return new NotebookPlan(name, namespace, image, storage, entrance, resources, variables, other);
  }

  /** The same with another volume. */
  NotebookPlan with(Storage other) {
    return new NotebookPlan(
        name, namespace, image, Optional.of(other), entrance, resources, variables, settings);
  }

  /** The same, opened by a password. */
  public NotebookPlan withPassword(String hashed) {
    return with(settings.withPassword(hashed));
  }
}
