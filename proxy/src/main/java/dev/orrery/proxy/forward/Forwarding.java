package dev.orrery.proxy.forward;

import dev.orrery.proxy.net.Tls;
import dev.orrery.proxy.net.Transport;
import dev.orrery.proxy.routes.RouteTable;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The public side of a proxy: takes connections, finds the route of each request and carries it to
 * its backend and back. Each connection lives on one event loop together with the connections to
 * backends that it uses. Thread-safe.
 */
public final class Forwarding {

  private final RouteTable routes;
  private final ForwardOptions options;
  private final ErrorPages pages;
  private final ForwardEvents events;
  private final Connector connector;
  private final Map<EventLoop, BackendPool> pools = new ConcurrentHashMap<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile boolean draining;

  /**
   * Forwards by {@code routes}, which may change at any time.
   *
   * @param backendTls towards backends whose targets begin with https
   */
  public Forwarding(
      RouteTable routes,
      ForwardOptions options,
      ErrorPages pages,
      Transport transport,
      Tls backendTls,
      ForwardEvents events) {
    this.routes = routes;
    this.options = options;
    this.pages = pages;
    this.events = events;
    this.connector = new Connector(transport, backendTls);
  }

  /**
   * What a connection of the public port gets.
   *
   * @param tls how it is encrypted, if it is
   */
  public ChannelInitializer<Channel> connections(Optional<Tls> tls) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        clients.add(channel);
        tls.ifPresent(
            ours -> channel.pipeline().addLast(ours.context().newHandler(channel.alloc())));
        var encoder = new ResponseEncoder();
        channel
            .pipeline()
            .addLast(new StrictRequestDecoder())
            .addLast(encoder)
            .addLast(new ClientConnection(Forwarding.this, encoder, tls.isPresent()));
      }
    };
  }

  /**
   * Ends what clients have open: connections without a request at once, others when their request
   * is answered, WebSockets with status 1001 (going away).
   *
   * @param limit what is still open then is cut
   * @throws InterruptedException when the waiting thread is interrupted; nothing is cut then
   */
  public void drain(Duration limit) throws InterruptedException {
    draining = true;
    clients.forEach(channel -> channel.pipeline().fireUserEventTriggered(Drain.NOW));
    if (!clients.newCloseFuture().await(limit.toMillis())) {
      clients.close().await(limit.toMillis());
    }
  }

  /** Sent through the pipeline of every connection when the proxy ends. */
  enum Drain {
    NOW
  }

  boolean isDraining() {
    return draining;
  }

  RouteTable routes() {
    return routes;
  }

  ForwardOptions options() {
    return options;
  }

  ErrorPages pages() {
    return pages;
  }

  ForwardEvents events() {
    return events;
  }

  Connector connector() {
    return connector;
  }

  BackendPool pool(EventLoop loop) {
    return pools.computeIfAbsent(loop, BackendPool::new);
  }
}
