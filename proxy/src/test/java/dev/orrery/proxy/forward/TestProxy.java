package dev.orrery.proxy.forward;

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
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/** The data plane alone, in this process, on a free port. */
final class TestProxy implements AutoCloseable {

  private final RouteTable routes = new MemoryRouteTable();
  private final Replica replica;
  private final Transport transport;
  private final Forwarding forwarding;
  private final Channel listening;

  TestProxy(ForwardOptions options, ErrorPages pages) throws IOException {
    this(options, pages, Optional.empty(), Tls.client(TlsFiles.none(), true));
  }

  /** One whose connections are all on one event loop. */
  TestProxy(ForwardEvents events) throws IOException {
    this(
        ForwardOptions.defaults(),
        ErrorPages.builtIn(),
        Optional.empty(),
        Tls.client(TlsFiles.none(), true),
        new Replica(false, Clock.systemUTC()),
        Optional.empty(),
        events,
        1);
  }

  TestProxy(ForwardOptions options, ErrorPages pages, Optional<Tls> front, Tls back)
      throws IOException {
    this(
        options,
        pages,
        front,
        back,
        new Replica(false, Clock.systemUTC()),
        Optional.empty(),
        new ForwardEvents() {},
        2);
  }

  TestProxy(ForwardOptions options, Replica replica, Optional<RequestLog> log) throws IOException {
    this(
        options,
        ErrorPages.builtIn(),
        Optional.empty(),
        Tls.client(TlsFiles.none(), true),
        replica,
        log,
        new ForwardEvents() {},
        2);
  }

  private TestProxy(
      ForwardOptions options,
      ErrorPages pages,
      Optional<Tls> front,
      Tls back,
      Replica replica,
      Optional<RequestLog> log,
      ForwardEvents events,
      int threads)
      throws IOException {
    this.replica = replica;
    transport = Transport.start(threads);
    forwarding = new Forwarding(routes, replica, options, pages, transport, back, events, log);
    listening = transport.listen(new Listen.Tcp("127.0.0.1", 0), forwarding.connections(front));
  }

  TestProxy() throws IOException {
    this(ForwardOptions.defaults(), ErrorPages.builtIn());
  }

  Route route(String path, String target) {
    var data = JsonNodeFactory.instance.objectNode().put("target", target);
    var route = new Route(RoutePath.clean(path), Target.parse(target), data, 0);
    routes.add(route);
    return route;
  }

  RouteTable routes() {
    return routes;
  }

  Replica replica() {
    return replica;
  }

  Forwarding forwarding() {
    return forwarding;
  }

  int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  @Override
  public void close() {
    listening.close().awaitUninterruptibly(5_000);
    transport.close();
  }
}
