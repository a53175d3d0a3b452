package dev.orrery.proxy.wire;

import dev.orrery.proxy.forward.ErrorPages;
import dev.orrery.proxy.forward.ForwardEvents;
import dev.orrery.proxy.forward.ForwardOptions;
import dev.orrery.proxy.forward.Forwarding;
import dev.orrery.proxy.forward.RequestLog;
import dev.orrery.proxy.limits.Limits;
import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.Tls;
import dev.orrery.proxy.net.TlsFiles;
import dev.orrery.proxy.net.Transport;
import dev.orrery.proxy.routes.MemoryRouteTable;
import dev.orrery.proxy.routes.Replica;
import dev.orrery.proxy.routes.Route;
import dev.orrery.proxy.routes.RoutePath;
import dev.orrery.proxy.routes.RouteTable;
import dev.orrery.proxy.routes.Target;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/** The data plane alone, in this process, on a free port. */
public final class RunningProxy implements AutoCloseable {

  private final RouteTable routes = new MemoryRouteTable();
  private final Transport transport;
  private final Forwarding forwarding;
  private final Channel listening;

  private RunningProxy(Setup setup) throws IOException {
    transport = Transport.start(setup.threads);
    forwarding =
        new Forwarding(
            routes,
            setup.replica,
            setup.options,
            setup.pages,
            transport,
            setup.back,
            setup.events,
            setup.log);
    listening =
        transport.listen(new Listen.Tcp("127.0.0.1", 0), forwarding.connections(setup.front));
  }

  /** One as it is when no option is given. */
  public static RunningProxy start() throws IOException {
    return with().start();
  }

  /** One that differs from it in what is named. */
  public static Setup with() throws IOException {
    return new Setup();
  }

  /** What a proxy is to be like. */
  public static final class Setup {
    private ForwardOptions options = ForwardOptions.defaults();
    private ErrorPages pages = ErrorPages.builtIn();
    private Optional<Tls> front = Optional.empty();
    private Tls back = Tls.client(TlsFiles.none(), true);
    private Replica replica = new Replica(false, Clock.systemUTC());
    private Optional<RequestLog> log = Optional.empty();
    private ForwardEvents events = new ForwardEvents() {};
    private int threads = 2;

    private Setup() throws IOException {}

    /** How requests are changed on their way. */
    public Setup options(ForwardOptions options) {
      this.options = options;
      return this;
    }

    /** How much clients may ask for. */
    public Setup limits(Limits limits) {
      return options(
          changed(options.timeout(), options.backendTimeout(), options.keepAliveTimeout(), limits));
    }

    /** How long a connection without a request is kept. */
    public Setup keepAliveTimeout(Duration timeout) {
      return options(
          changed(options.timeout(), options.backendTimeout(), timeout, options.limits()));
    }

    /** How long a client and a backend may be silent in a request. */
    public Setup timeouts(Duration client, Duration backend) {
      return options(changed(client, backend, options.keepAliveTimeout(), options.limits()));
    }

    /** What is told of requests, on the event loops. */
    public Setup events(ForwardEvents events) {
      this.events = events;
      return this;
    }

    /** How many event loops there are. */
    public Setup threads(int threads) {
      this.threads = threads;
      return this;
    }

    /** What stands in for a backend's answer. */
    public Setup pages(ErrorPages pages) {
      this.pages = pages;
      return this;
    }

    /** How connections of clients are encrypted. */
    public Setup front(Tls front) {
      this.front = Optional.of(front);
      return this;
    }

    /** How connections to backends are encrypted whose targets begin with https. */
    public Setup back(Tls back) {
      this.back = back;
      return this;
    }

    /** Whether the routes are ones to go by. */
    public Setup replica(Replica replica) {
      this.replica = replica;
      return this;
    }

    /** Where requests are written down. */
    public Setup log(RequestLog log) {
      this.log = Optional.of(log);
      return this;
    }

    /** Starts it. */
    public RunningProxy start() throws IOException {
      return new RunningProxy(this);
    }

    private ForwardOptions changed(
        Duration timeout, Duration backendTimeout, Duration keepAliveTimeout, Limits limits) {
      return new ForwardOptions(
          options.hostRouting(),
          options.includePrefix(),
          options.prependPath(),
          options.forwardedHeaders(),
          options.changeOrigin(),
          options.autoRewrite(),
          options.protocolRewrite(),
          options.customHeaders(),
          timeout,
          backendTimeout,
          keepAliveTimeout,
          limits);
    }
  }

  /** Adds a route, or puts another one in its place. */
  public Route route(String path, String target) {
    var data = JsonNodeFactory.instance.objectNode().put("target", target);
    var route = new Route(RoutePath.clean(path), Target.parse(target), data, 0);
    routes.add(route);
    return route;
  }

  /** The part that is tested. */
  public Forwarding forwarding() {
    return forwarding;
  }

  /** Where it listens. */
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly(5_000);
    transport.close();
  }
}
