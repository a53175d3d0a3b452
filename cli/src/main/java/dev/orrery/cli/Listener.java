package dev.orrery.cli;

import dev.orrery.http.StaleSocket;
import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** One of a proxy's open ports. */
final class Listener implements Closeable {

  private final Listen where;
  private final Channel channel;

  private Listener(Listen where, Channel channel) {
    this.where = where;
    this.channel = channel;
  }

  static Listener open(Transport transport, Listen where, ChannelInitializer<Channel> connections)
      throws IOException {
    if (where instanceof Listen.Unix(Path path)) {
      StaleSocket.remove(path);
    }
    return new Listener(where, transport.listen(where, connections));
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
