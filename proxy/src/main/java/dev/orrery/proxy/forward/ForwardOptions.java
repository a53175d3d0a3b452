package dev.orrery.proxy.forward;

import dev.orrery.proxy.limits.Limits;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How requests are changed on their way. Names and defaults are those of configurable-http-proxy's
 * options.
 *
 * @param hostRouting whether the host of a request is the first segment of its path
 * @param includePrefix whether backends see the path of the route
 * @param prependPath whether the path of the target is put before that of the request
 * @param forwardedHeaders whether {@code X-Forwarded-*} headers are added
 * @param changeOrigin whether backends see their own host in {@code Host}
 * @param autoRewrite whether redirects to the backend's host lead to the client's instead
 * @param protocolRewrite the scheme that redirects to the backend's host get
 * @param customHeaders headers put into every forwarded request, in the place of the client's
 * @param timeout a connection of a client that is silent for so long in a request is dropped; zero
 *     for never
 * @param backendTimeout a backend that is silent for so long in a request is given up; zero for
 *     never
 * @param keepAliveTimeout a connection of a client without a request is closed after this
 * @param limits how much clients may ask for
 */
public record ForwardOptions(
    boolean hostRouting,
    boolean includePrefix,
    boolean prependPath,
    boolean forwardedHeaders,
    boolean changeOrigin,
    boolean autoRewrite,
    Optional<String> protocolRewrite,
    Map<String, String> customHeaders,
    Duration timeout,
    Duration backendTimeout,
    Duration keepAliveTimeout,
    Limits limits) {

  /** Copies the headers. */
  public ForwardOptions {
    customHeaders = Map.copyOf(customHeaders);
  }

  /** What holds when no option is given. */
  public static ForwardOptions defaults() {
    return new ForwardOptions(
        false,
        true,
        true,
        true,
        false,
        false,
        Optional.empty(),
        Map.of(),
        Duration.ZERO,
        Duration.ZERO,
        Duration.ofSeconds(5),
        Limits.defaults());
  }
}
