package dev.orrery.kubernetes.deploy;

import static java.util.Objects.requireNonNull;

import dev.orrery.kubernetes.api.ApiFailure;

/** What was asked for was not done; the message says why, to the one who asked. */
public final class DeployFailure extends Exception {

  private static final long serialVersionUID = 1;

  DeployFailure(String sentence) {
    super(requireNonNull(sentence, "sentence"));
  }

  /** Why, and the way out. */
  public String sentence() {
    return requireNonNull(getMessage(), "message");
  }

  /** What the API server has said, and what to do about it. */
  static DeployFailure of(ApiFailure e) {
    if (e.isPassing()) {
      return new DeployFailure(
          e.message() + ". Is the cluster up, and reachable from here? Try again in a moment");
    }
    if (e.isUnauthorized()) {
      return new DeployFailure(
          "The cluster does not know you: the credentials in your kubeconfig file are none, or have"
              + " run out. Log in to the cluster again, or ask whoever runs it for new ones");
    }
    if (e.message().contains("exceeded quota")) {
      return new DeployFailure(
          "There is not enough room left in the namespace. The cluster says: " + e.message());
    }
    if (e.message().contains("cannot ")) {
      return new DeployFailure(
          "You may not do this on the cluster. It says: "
              + e.message()
              + "\nAsk whoever runs it for that right. To put a notebook there takes get, create, patch"
              + " and delete of deployments, services, configmaps, persistentvolumeclaims and, with"
              + " --host, ingresses; to tell how it goes, list of pods and events and get of pods/log");
    }
    return new DeployFailure("The cluster refused: " + e.message());
  }
}
