package dev.orrery.proxy.options;

import dev.orrery.proxy.forward.ForwardOptions;
import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.TlsFiles;
import dev.orrery.proxy.routes.Target;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a proxy is started with.
 *
 * @param listen the public side
 * @param api where the route API is
 * @param metrics where the metrics are, if anywhere
 * @param publicTls how the public side is encrypted, if it is
 * @param apiTls how the API is encrypted, if it is
 * @param backendTls what backends with TLS are shown and asked for
 * @param insecure whether every certificate of a backend will do
 * @param redirect where plain requests are redirected to https, if anywhere
 * @param token what callers of the API have to know; without one everybody may call
 * @param defaultTarget of the route /, as it was given; {@link Target#parse} takes it
 * @param errorTarget server of error pages
 * @param errorPath folder of error pages
 * @param waitForRoutes whether the proxy is not ready before it was given all routes at once
 * @param accessLog file that requests are written to; - for the standard output
 * @param pidFile where the process id is written
 */
public record ProxyOptions(
    Listen listen,
    Listen api,
    Optional<Listen> metrics,
    Optional<TlsFiles> publicTls,
    Optional<TlsFiles> apiTls,
    TlsFiles backendTls,
    boolean insecure,
    Optional<Redirect> redirect,
    Optional<Secret> token,
    Optional<String> defaultTarget,
    Optional<Target> errorTarget,
    Optional<Path> errorPath,
    ForwardOptions forward,
    boolean waitForRoutes,
    Optional<String> accessLog,
    System.Logger.Level logLevel,
    Optional<Path> pidFile) {

  /**
   * A port that leads to https.
   *
   * @param to the port that clients are led to
   */
  public record Redirect(int port, int to) {}
}
