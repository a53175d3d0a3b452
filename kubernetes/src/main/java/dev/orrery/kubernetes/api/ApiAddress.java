package dev.orrery.kubernetes.api;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * How the API server is found, where the service account of the pod or the kubeconfig file shall
 * not say.
 *
 * @param host scheme, host and port; empty for what the surroundings say
 * @param caFile a file with the certificates to trust; empty for what the surroundings say
 * @param verifyTls whether the server's certificate counts
 */
public record ApiAddress(String host, String caFile, Optional<Boolean> verifyTls) {

  /** What the surroundings say. */
  public static final ApiAddress OF_SURROUNDINGS = new ApiAddress("", "", Optional.empty());

  public ApiAddress {
    requireNonNull(host, "host");
    requireNonNull(caFile, "caFile");
    requireNonNull(verifyTls, "verifyTls");
  }
}
