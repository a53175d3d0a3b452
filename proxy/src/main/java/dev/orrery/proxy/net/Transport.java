package dev.orrery.proxy.net;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of a proxy and the sockets on them: epoll where the system has it, otherwise what
 * the JDK offers. Thread-safe.
 */
public final class Transport implements Closeable {

  private static final Duration QUIET = Duration.ofMillis(0);
  private static final Duration END = Duration.ofSeconds(5);
  private static final int BACKLOG = 4_096;

  private final boolean epoll;
  private final EventLoopGroup acceptors;
  private final EventLoopGroup workers;

  private Transport(boolean epoll, int threads) {
    this.epoll = epoll;
    this.acceptors = group(1);
    this.workers = group(threads);
  }

  /** Starts event loops with {@code threads} threads for connections. */
  public static Transport start(int threads) {
    return new Transport(Epoll.isAvailable(), threads);
  }

  private EventLoopGroup group(int threads) {
    return new MultiThreadIoEventLoopGroup(
        threads, epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
  }

  /** The loops that connections run on. */
  public EventLoopGroup workers() {
    return workers;
  }

  /**
   * Listens; the connections that come stay open for writing when the other side has ended its
   * half.
   *
   * @param connection what each connection gets
   * @throws IOException when the address can't be had
   */
  public Channel listen(Listen where, ChannelInitializer<Channel> connection) throws IOException {
    var bootstrap =
        new ServerBootstrap()
            .group(acceptors, workers)
            .channel(serverChannel(where))
            .childHandler(connection)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    if (where instanceof Listen.Tcp) {
      bootstrap.option(ChannelOption.SO_REUSEADDR, true);
      bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
    }
    ChannelFuture bound = bootstrap.bind(address(where)).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "Can't listen on " + where + ": " + bound.cause().getMessage(), bound.cause());
    }
    return bound.channel();
  }

  private Class<? extends ServerChannel> serverChannel(Listen where) {
    if (where instanceof Listen.Unix) {
      return epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
    }
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  private SocketAddress address(Listen where) {
    if (where instanceof Listen.Unix(Path path)) {
      return unix(path);
    }
    var tcp = (Listen.Tcp) where;
    return tcp.ip().isEmpty()
        ? new InetSocketAddress(tcp.port())
        : new InetSocketAddress(tcp.ip(), tcp.port());
  }

  /** The kind of channel that connects to a backend. */
  public Class<? extends Channel> clientChannel(boolean unix) {
    if (unix) {
      return epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class;
    }
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** The address of a unix socket, in the form that {@link #clientChannel} understands. */
  public SocketAddress unix(Path path) {
    return epoll ? new DomainSocketAddress(path.toFile()) : UnixDomainSocketAddress.of(path);
  }

  /** Ends all loops; connections that are open are cut. */
  @Override
  public void close() {
    acceptors.shutdownGracefully(QUIET.toMillis(), END.toMillis(), TimeUnit.MILLISECONDS);
    workers.shutdownGracefully(QUIET.toMillis(), END.toMillis(), TimeUnit.MILLISECONDS);
    workers.terminationFuture().awaitUninterruptibly(END.toMillis(), TimeUnit.MILLISECONDS);
  }
}
