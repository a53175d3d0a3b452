package dev.orrery.proxy.forward;

import static java.lang.System.Logger.Level.DEBUG;

import dev.orrery.proxy.limits.Admission;
import dev.orrery.proxy.limits.Admission.Verdict;
import dev.orrery.proxy.limits.Limits;
import dev.orrery.proxy.net.Tls;
import dev.orrery.proxy.net.Transport;
import dev.orrery.proxy.routes.Replica;
import dev.orrery.proxy.routes.RouteTable;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
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

  private static final System.Logger LOG = System.getLogger(Forwarding.class.getName());

  /** For streams of HTTP/2 that are open when their connection is to end. */
  static final Duration LAST_STREAMS = Duration.ofSeconds(10);

  private final RouteTable routes;
  private final Replica replica;
  private final ForwardOptions options;
  private final ErrorPages pages;
  private final ForwardEvents events;
  private final Optional<RequestLog> log;
  private final Admission admission;
  private final Connector connector;
  private final Map<EventLoop, BackendPool> pools = new ConcurrentHashMap<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile boolean draining;

  /**
   * Forwards by {@code routes}, which may change at any time.
   *
   * @param replica whether the table is one to go by
   * @param backendTls towards backends whose targets begin with https
   * @param log where requests are written down; without one they get no ids
   */
  public Forwarding(
      RouteTable routes,
      Replica replica,
      ForwardOptions options,
      ErrorPages pages,
      Transport transport,
      Tls backendTls,
      ForwardEvents events,
      Optional<RequestLog> log) {
    this.routes = routes;
    this.replica = replica;
    this.options = options;
    this.pages = pages;
    this.events = events;
    this.log = log;
    this.admission = new Admission(options.limits());
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
        String address = Addresses.of(channel);
        Verdict verdict = admission.came(address);
        if (verdict == Verdict.FULL) {
          LOG.log(DEBUG, "As many connections are open as may be: one more was closed");
          events.turnedAway();
          channel.close();
          return;
        }
        clients.add(channel);
        ChannelPipeline pipeline = channel.pipeline();
        tls.ifPresent(ours -> pipeline.addLast(ours.context().newHandler(channel.alloc())));
        if (verdict == Verdict.TOO_MANY_OF_CLIENT) {
          events.turnedAway();
          pipeline.addLast(new ResponseEncoder()).addLast(new TurnedAway(Refusal.CLIENT_BUSY));
          return;
        }
        channel.closeFuture().addListener(_ -> admission.left(address));
        if (tls.isPresent()) {
          pipeline.addLast(new ProtocolChoice(Forwarding.this, address));
        } else {
          speakHttp1(pipeline, address, false);
        }
      }
    };
  }

  /** Puts into a pipeline what it needs to speak HTTP/1. */
  void speakHttp1(ChannelPipeline pipeline, String address, boolean encrypted) {
    Limits limits = options.limits();
    var decoder = new StrictRequestDecoder(limits.headerBytes());
    var encoder = new ResponseEncoder();
    if (!limits.stall().isZero()) {
      pipeline.addLast(new StallWatch(limits.stall()));
    }
    pipeline
        .addLast(decoder)
        .addLast(encoder)
        .addLast(new ClientConnection(this, decoder, encoder, address, encrypted));
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

  /** How many connections of clients are open. */
  public int connections() {
    return admission.connections();
  }

  /** Whether new clients should come here. */
  boolean isReady() {
    return replica.isReady() && !draining;
  }

  /** Whether a route that is not found may be one that was not told yet. */
  boolean mayLackRoutes() {
    return !replica.isReady();
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

  Optional<RequestLog> log() {
    return log;
  }

  Admission admission() {
    return admission;
  }

  Connector connector() {
    return connector;
  }

  BackendPool pool(EventLoop loop) {
    return pools.computeIfAbsent(loop, BackendPool::new);
  }
}
