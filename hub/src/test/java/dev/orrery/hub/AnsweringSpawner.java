package dev.orrery.hub;

import com.sun.net.httpserver.HttpServer;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.Started;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Starts servers that do nothing but answer; can be told to fail, and to wait. */
final class AnsweringSpawner implements Spawner {

  private final Map<ServerName, HttpServer> servers = new ConcurrentHashMap<>();
  final Map<ServerName, SpawnRequest> requests = new ConcurrentHashMap<>();
  volatile @Nullable SpawnFailure failure;
  volatile CountDownLatch gate = new CountDownLatch(0);

  @Override
  public Started start(SpawnRequest request, SpawnListener listener)
      throws SpawnFailure, InterruptedException {
    requests.put(request.who(), request);
    listener.progress(10, "About to start", Optional.empty());
    gate.await();
    SpawnFailure wanted = failure;
    if (wanted != null) {
      throw wanted;
    }
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
          });
      server.start();
      servers.put(request.who(), server);
      listener.state(Map.of("port", server.getAddress().getPort()));
      return new Started(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Poll poll(Map<String, Object> state, ServerName who) {
    return servers.containsKey(who)
        ? new Poll.Running()
        : new Poll.Stopped(OptionalInt.of(1), List.of());
  }

  @Override
  public void stop(Map<String, Object> state, ServerName who, boolean now) {
    HttpServer server = servers.remove(who);
    if (server != null) {
      server.stop(0);
    }
  }

  @Override
  public Recovered find(SpawnRequest.Id id, ServerName who) {
    return new Recovered.Nothing();
  }

  @Override
  public void close() {
    servers.values().forEach(server -> server.stop(0));
  }
}
