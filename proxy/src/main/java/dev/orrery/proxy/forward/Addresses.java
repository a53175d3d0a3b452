package dev.orrery.proxy.forward;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** Who is at the other end. */
final class Addresses {

  private Addresses() {}

  /** The address as {@code X-Forwarded-For} tells it; empty on a unix socket, which has none. */
  static String of(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "";
  }
}
