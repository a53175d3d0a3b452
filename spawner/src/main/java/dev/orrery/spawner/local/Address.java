package dev.orrery.spawner.local;

import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest.Listen;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where a server of this machine listens. */
record Address(InetAddress host, int port) {

  private static final int PROBE_MILLIS = 500;
  private static final int TRIES = 100;
  private static final long RESERVED_NANOS = Duration.ofSeconds(60).toNanos();

  /** Ports that were chosen a short while ago, and may not be listened on yet. */
  private static final Map<Integer, Long> CHOSEN = new ConcurrentHashMap<>();

  static Address of(Listen listen) throws SpawnFailure {
    try {
      InetAddress host = InetAddress.getByName(listen.ip().isEmpty() ? "0.0.0.0" : listen.ip());
      return new Address(host, listen.port() == 0 ? freePort(host) : listen.port());
    } catch (UnknownHostException e) {
      throw SpawnFailure.failed(
          "address", "'" + listen.ip() + "' (Spawner.ip) is no address of this machine.");
    } catch (IOException e) {
      throw SpawnFailure.failed("port", "There is no free port for a server: " + e.getMessage());
    }
  }

  private static int freePort(InetAddress host) throws IOException {
    long now = System.nanoTime();
    CHOSEN.values().removeIf(since -> now - since > RESERVED_NANOS);
    for (int i = 0; i < TRIES; i++) {
      int port;
      try (var socket = new ServerSocket(0, 1, host)) {
        port = socket.getLocalPort();
      }
      if (CHOSEN.putIfAbsent(port, now) == null) {
        return port;
      }
    }
    throw new IOException("all that were tried are taken");
  }

  /** Whether somebody listens. */
  boolean accepts() {
    try (var socket = new Socket()) {
      socket.connect(reachable(), PROBE_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Host and port for a URL. */
  String reachableAuthority() {
    InetAddress address = reachable().getAddress();
    String text = address.getHostAddress();
    return (text.contains(":") ? "[" + text + "]" : text) + ":" + port;
  }

  private InetSocketAddress reachable() {
    return new InetSocketAddress(
        host.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : host, port);
  }
}
