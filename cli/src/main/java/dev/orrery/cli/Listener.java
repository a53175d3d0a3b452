package dev.orrery.cli;

import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One of a proxy's open ports. */
final class Listener implements AutoCloseable {

  private final Listen where;
  private final Channel channel;

  private Listener(Listen where, Channel channel) {
    this.where = where;
    this.channel = channel;
  }

  static Listener open(Transport transport, Listen where, ChannelInitializer<Channel> connections)
      throws IOException {
    if (where instanceof Listen.Unix(Path path)) {
      removeLeftOver(path);
    }
    return new Listener(where, transport.listen(where, connections));
  }

  /** A socket of a process that was killed is in the way of the next one, and of no use. */
  private static void removeLeftOver(Path path) throws IOException {
    if (!Files.exists(path) || Files.isRegularFile(path) || Files.isDirectory(path)) {
      return;
    }
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) {
      Files.deleteIfExists(path);
    }
  }

  int port() {
    return channel.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
  }

  /** {@code http://:8000}; of a unix socket, with its path. */
  String address(boolean tls) {
    String scheme = tls ? "https://" : "http://";
    return switch (where) {
      case Listen.Unix(Path path) -> scheme + path;
      case Listen.Tcp(String ip, _) ->
          scheme + (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port();
    };
  }

  @Override
  public void close() throws IOException {
    channel.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    if (where instanceof Listen.Unix(Path path)) {
      Files.deleteIfExists(path);
    }
  }
}
