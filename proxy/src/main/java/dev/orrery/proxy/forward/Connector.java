package dev.orrery.proxy.forward;

import dev.orrery.proxy.net.Tls;
import dev.orrery.proxy.net.Transport;
import dev.orrery.proxy.routes.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Opens connections to backends. */
final class Connector {

  /** Called on the event loop of the connection. */
  interface Result {
    void connected(Channel channel);

    void failed(Throwable cause);
  }

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int MAX_LINE = 16 * 1024;
  private static final int MAX_HEADERS = 64 * 1024;
  private static final int MAX_CHUNK = 64 * 1024;

  private final Transport transport;
  private final Tls tls;

  Connector(Transport transport, Tls tls) {
    this.transport = transport;
    this.tls = tls;
  }

  /** Connects to the first address of the target that answers. */
  void connect(Target target, EventLoop loop, Result result) {
    if (target.socket().isPresent()) {
      connect(target, List.of(transport.unix(target.socket().get())), 0, loop, result);
      return;
    }
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(target.host());
    if (literal != null) {
      try {
        var address = new InetSocketAddress(InetAddress.getByAddress(literal), target.port());
        connect(target, List.of(address), 0, loop, result);
      } catch (UnknownHostException e) {
        result.failed(e);
      }
      return;
    }
    // Names are found by the system's own rules, which blocks.
    Thread.ofVirtual()
        .name("resolve " + target.host())
        .start(() -> {
          try {
            List<SocketAddress> addresses = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(target.host())) {
              addresses.add(new InetSocketAddress(address, target.port()));
            }
            connect(target, addresses, 0, loop, result);
          } catch (UnknownHostException e) {
            var told = new IOException("getaddrinfo ENOTFOUND " + target.host(), e);
            loop.execute(() -> result.failed(told));
          }
        });
  }

  /**
   * Opens a socket, when the loop has handled all events that it knows of. Among them may be one of
   * a connection that was closed a moment ago, and a socket that is opened now may get its
   * descriptor, by which alone Netty knows whom an event is for: the new connection would take the
   * end of the old one for its own, and never read.
   */
  private void connect(
      Target target,
      List<? extends SocketAddress> addresses,
      int index,
      EventLoop loop,
      Result result) {
    loop.execute(() -> open(target, addresses, index, loop, result));
  }

  private void open(
      Target target,
      List<? extends SocketAddress> addresses,
      int index,
      EventLoop loop,
      Result result) {
    boolean unix = target.socket().isPresent();
    var bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(transport.clientChannel(unix))
            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (target.tls()) {
                      channel
                          .pipeline()
                          .addLast(
                              tls.context()
                                  .newHandler(channel.alloc(), target.host(), target.port()));
                    }
                    channel.pipeline().addLast(codec());
                  }
                });
    if (!unix) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true);
    }
    ChannelFuture connecting = bootstrap.connect(addresses.get(index));
    connecting.addListener(_ -> {
      if (connecting.isSuccess()) {
        secured(connecting.channel(), target, result);
      } else if (index + 1 < addresses.size()) {
        connect(target, addresses, index + 1, loop, result);
      } else {
        result.failed(inWordsOfUpstream(connecting.cause(), target));
      }
    });
  }

  /** As the log of configurable-http-proxy says it, which people search for. */
  private static Throwable inWordsOfUpstream(Throwable cause, Target target) {
    String where = target.socket().map(Path::toString).orElseGet(target::authority);
    return switch (cause) {
      case ConnectTimeoutException e -> new IOException("connect ETIMEDOUT " + where, e);
      case ConnectException e -> new IOException("connect ECONNREFUSED " + where, e);
      case FileNotFoundException e -> new IOException("connect ENOENT " + where, e);
      default -> cause;
    };
  }

  private static void secured(Channel channel, Target target, Result result) {
    if (!target.tls()) {
      result.connected(channel);
      return;
    }
    Future<Channel> handshake = channel.pipeline().get(SslHandler.class).handshakeFuture();
    handshake.addListener(_ -> {
      if (handshake.isSuccess()) {
        result.connected(channel);
      } else {
        channel.close();
        result.failed(handshake.cause());
      }
    });
  }

  private static HttpClientCodec codec() {
    return new HttpClientCodec(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxChunkSize(MAX_CHUNK)
            .setValidateHeaders(true),
        false,
        false);
  }
}
