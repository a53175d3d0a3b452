package dev.orrery.cli;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.orrery.proxy.api.EndpointInitializer;
import dev.orrery.proxy.api.MetricsEndpoint;
import dev.orrery.proxy.api.RedirectEndpoint;
import dev.orrery.proxy.api.RouteApi;
import dev.orrery.proxy.forward.ErrorPages;
import dev.orrery.proxy.forward.Forwarding;
import dev.orrery.proxy.forward.RequestLog;
import dev.orrery.proxy.log.AccessLog;
import dev.orrery.proxy.log.LogFile;
import dev.orrery.proxy.metrics.ProxyMetrics;
import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.Tls;
import dev.orrery.proxy.net.TlsFiles;
import dev.orrery.proxy.net.Transport;
import dev.orrery.proxy.options.OptionsReader;
import dev.orrery.proxy.options.OptionsReader.Outcome;
import dev.orrery.proxy.options.ProxyOptions;
import dev.orrery.proxy.options.Secret;
import dev.orrery.proxy.routes.MemoryRouteTable;
import dev.orrery.proxy.routes.Replica;
import dev.orrery.telemetry.LogFormat;
import dev.orrery.telemetry.Logging;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * {@code orrery proxy}, from the command line to the last line of the log: options, the route API,
 * metrics, the public port, the end. What it logs, and that it does so on the standard output, is
 * what configurable-http-proxy does.
 */
final class ProxyCommand {

  private static final System.Logger LOG = System.getLogger(ProxyCommand.class.getName());

  /** What configurable-http-proxy ends with when a signal ends it. */
  private static final int ENDED_BY_SIGNAL = 2;

  /** For requests that run when the end is asked for; Kubernetes waits 30 s, a hub less. */
  private static final Duration LAST_REQUESTS = Duration.ofSeconds(10);

  private final List<String> arguments;
  private final Map<String, String> env;

  ProxyCommand(List<String> arguments, Map<String, String> env) {
    this.arguments = arguments;
    this.env = env;
  }

  /** Runs until a signal ends it; gives the exit status. */
  int run() {
    return switch (OptionsReader.read(arguments, env)) {
      case Outcome.Answer(String text) -> {
        System.out.print(text);
        yield 0;
      }
      case Outcome.Refused(List<String> problems) -> {
        System.err.println("orrery proxy: not started:");
        problems.forEach(problem -> System.err.println("  " + problem));
        yield 1;
      }
      case Outcome.Ready(ProxyOptions options, List<String> warnings, boolean checkOnly) -> {
        Logging.configure(options.logLevel(), logFormat(), System.out);
        warnings.forEach(warning -> LOG.log(WARNING, warning));
        yield checkOnly ? check(options) : start(options);
      }
    };
  }

  @SuppressWarnings("SystemConsoleNull") // NullAway and the documentation allow for null.
  private static LogFormat logFormat() {
    var console = System.console();
    return console != null && console.isTerminal() ? LogFormat.PROXY_IN_COLOUR : LogFormat.PROXY;
  }

  /** Everything a start does before it listens. */
  private static int check(ProxyOptions options) {
    try {
      tls(options.publicTls(), true);
      tls(options.apiTls(), false);
      Tls.client(options.backendTls(), !options.insecure());
      System.out.println("The options are good; a proxy would start with them.");
      return 0;
    } catch (IOException e) {
      System.err.println("orrery proxy: not good: " + e.getMessage());
      return 1;
    }
  }

  private static Optional<Tls> tls(Optional<TlsFiles> files, boolean http2) throws IOException {
    return files.isEmpty() ? Optional.empty() : Optional.of(Tls.server(files.get(), http2));
  }

  private static int start(ProxyOptions options) {
    Thread.setDefaultUncaughtExceptionHandler(
        (_, e) -> LOG.log(ERROR, "Uncaught Exception: " + e.getMessage(), e));
    tellSettings(options);
    try (var open = new Open()) {
      serve(options, open);
      return ENDED_BY_SIGNAL;
    } catch (IOException e) {
      LOG.log(ERROR, e.getMessage());
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static void tellSettings(ProxyOptions options) {
    if (options.forward().autoRewrite()) {
      LOG.log(INFO, "AutoRewrite of Location headers enabled.");
    }
    if (options.forward().changeOrigin()) {
      LOG.log(INFO, "Change Origin of host headers enabled.");
    }
    options
        .forward()
        .protocolRewrite()
        .ifPresent(scheme -> LOG.log(INFO, "ProtocolRewrite enabled. Rewriting to " + scheme));
    if (options.token().isEmpty()) {
      LOG.log(WARNING, "REST API is not authenticated.");
    }
  }

  private static void serve(ProxyOptions options, Open open)
      throws IOException, InterruptedException {
    // Before anything that has to be taken away at the end, a socket's file above all, is there.
    CountDownLatch asked = listenForEnd();
    Optional<Tls> publicTls = tls(options.publicTls(), true);
    Optional<Tls> apiTls = tls(options.apiTls(), false);
    var backendTls = Tls.client(options.backendTls(), !options.insecure());
    var routes = new MemoryRouteTable();
    var replica = new Replica(options.waitForRoutes(), Clock.systemUTC());
    var metrics = new ProxyMetrics();
    var api =
        new RouteApi(
            routes,
            replica,
            options.token().map(Secret::value),
            options.forward().hostRouting(),
            metrics,
            Clock.systemUTC());

    Optional<RequestLog> log = accessLog(options, open);
    Transport transport = open.add(Transport.start(Runtime.getRuntime().availableProcessors()));
    var forwarding =
        new Forwarding(
            routes,
            replica,
            options.forward(),
            errorPages(options),
            transport,
            backendTls,
            metrics,
            log);

    metrics.watch(routes, forwarding);
    var apiConnections = open.add(new EndpointInitializer(api, "api", apiTls));
    Listener apiListener = open.add(Listener.open(transport, options.api(), apiConnections));
    // Late, since its line in the log is what scripts wait for before they connect; and before the
    // public port, where nobody is to find no route.
    options.defaultTarget().ifPresent(api::addDefault);
    Listener publicListener =
        open.add(Listener.open(transport, options.listen(), forwarding.connections(publicTls)));
    Optional<Listener> metricsListener = listenForMetrics(options, transport, metrics, open);

    LOG.log(
        INFO,
        "Proxying "
            + publicListener.address(publicTls.isPresent())
            + " to "
            + options.defaultTarget().orElse("(no default)"));
    LOG.log(INFO, "Proxy API at " + apiListener.address(apiTls.isPresent()) + "/api/routes");
    metricsListener.ifPresent(
        listener -> LOG.log(INFO, "Serve metrics at " + listener.address(false) + "/metrics"));
    if (options.pidFile().isPresent()) {
      open.add(PidFile.write(options.pidFile().get()));
    }
    listenForRedirects(options, transport, open);

    asked.await();
    publicListener.close();
    forwarding.drain(LAST_REQUESTS);
  }

  private static Optional<RequestLog> accessLog(ProxyOptions options, Open open)
      throws IOException {
    if (options.accessLog().isEmpty()) {
      return Optional.empty();
    }
    String where = options.accessLog().get();
    return Optional.of(
        open.add(
            new AccessLog(
                where.equals("-") ? new StandardOutput() : LogFile.open(Path.of(where)))));
  }

  /** Shares the standard output with the log of this process, line by line. */
  private static final class StandardOutput implements AccessLog.Sink {
    @Override
    public void write(String lines) {
      System.out.print(lines);
      System.out.flush();
    }

    @Override
    public void close() {}
  }

  private static ErrorPages errorPages(ProxyOptions options) {
    return options
        .errorTarget()
        .map(ErrorPages::ofServer)
        .or(() -> options.errorPath().map(ErrorPages::ofFolder))
        .orElseGet(ErrorPages::builtIn);
  }

  private static Optional<Listener> listenForMetrics(
      ProxyOptions options, Transport transport, ProxyMetrics metrics, Open open)
      throws IOException {
    if (options.metrics().isEmpty()) {
      return Optional.empty();
    }
    var connections =
        open.add(
            new EndpointInitializer(new MetricsEndpoint(metrics), "metrics", Optional.empty()));
    return Optional.of(open.add(Listener.open(transport, options.metrics().get(), connections)));
  }

  private static void listenForRedirects(ProxyOptions options, Transport transport, Open open)
      throws IOException {
    if (options.redirect().isEmpty()) {
      return;
    }
    ProxyOptions.Redirect redirect = options.redirect().get();
    var connections =
        open.add(
            new EndpointInitializer(
                new RedirectEndpoint(redirect.to()), "redirect", Optional.empty()));
    String ip = options.listen() instanceof Listen.Tcp(String address, _) ? address : "";
    Listener listener =
        open.add(Listener.open(transport, new Listen.Tcp(ip, redirect.port()), connections));
    LOG.log(
        INFO, "Added HTTP to HTTPS redirection from " + listener.port() + " to " + redirect.to());
  }

  /** Open until the end is asked for; who asks twice does not wait for requests that run. */
  private static CountDownLatch listenForEnd() {
    var asked = new CountDownLatch(1);
    OnSignal.run("TERM", () -> end("Terminated", asked));
    OnSignal.run("INT", () -> end("Interrupted", asked));
    return asked;
  }

  private static void end(String why, CountDownLatch asked) {
    LOG.log(WARNING, why);
    if (asked.getCount() == 0) {
      Runtime.getRuntime().halt(ENDED_BY_SIGNAL);
    }
    asked.countDown();
  }

  /** What is open, closed in reverse. */
  private static final class Open implements AutoCloseable {

    private final Deque<Closeable> parts = new ArrayDeque<>();

    <T extends Closeable> T add(T part) {
      parts.push(part);
      return part;
    }

    /** Closes every part, also when one can't be closed. */
    @Override
    public void close() throws IOException {
      List<IOException> failures = new ArrayList<>();
      while (!parts.isEmpty()) {
        try {
          parts.pop().close();
        } catch (IOException e) {
          failures.add(e);
        }
      }
      if (!failures.isEmpty()) {
        IOException first = failures.removeFirst();
        failures.forEach(first::addSuppressed);
        throw first;
      }
    }
  }
}
