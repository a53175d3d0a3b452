package dev.orrery.hub.servers;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.UserServer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells those who wait how a start goes, as server-sent events. What is told is what the database
 * says, so it does not matter which hub is asked.
 */
public final class Progress {

  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(8);

  /** Longer than any start; who still waits then asks again. */
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final Database database;
  private final HubSettings.Addresses addresses;

  /** Tells what {@code database} says. */
  public Progress(Database database, HubSettings.Addresses addresses) {
    this.database = database;
    this.addresses = addresses;
  }

  /**
   * Answers with events until the server is ready or its start has failed.
   *
   * @throws HttpException 400 when it is not being started
   */
  public void follow(Exchange exchange, UserServer server) throws IOException {
    UserServer now = server;
    if (!now.isActive() && failure(now).isEmpty()) {
      throw new HttpException(400, ServerNames.who(now) + " is not starting...");
    }
    exchange.set("Cache-Control", "no-cache");
    exchange.set("X-Accel-Buffering", "no");
    try (OutputStream out = exchange.stream(200, "text/event-stream")) {
      String last = "";
      if (now.pending().isPresent()) {
        last = Json.text(event(0, "Server requested"));
        send(out, last);
      }
      long end = System.nanoTime() + LIMIT.toNanos();
      long quiet = System.nanoTime();
      while (System.nanoTime() < end) {
        Optional<ObjectNode> ended = ended(now);
        if (ended.isPresent()) {
          send(out, Json.text(ended.get()));
          return;
        }
        String said = now.work().flatMap(UserServer.Work::progress).orElse(last);
        if (!said.equals(last)) {
          last = said;
          send(out, said);
          quiet = System.nanoTime();
        } else if (System.nanoTime() - quiet > KEEP_ALIVE.toNanos()) {
          out.write("\n\n".getBytes(StandardCharsets.US_ASCII));
          out.flush();
          quiet = System.nanoTime();
        }
        Thread.sleep(LOOK);
        Optional<UserServer> known = database.read(tx -> tx.servers().byId(server.id()));
        if (known.isEmpty()) {
          send(out, Json.text(event(100, "The server is gone").put("failed", true)));
          return;
        }
        now = known.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<ObjectNode> ended(UserServer server) {
    if (server.isReady()) {
      String url = Paths.of(addresses.basePath(), server.userName(), server.name());
      ObjectNode event = event(100, "Server ready at " + url).put("ready", true);
      event.put("html_message", "Server ready at <a href=\"" + url + "\">" + url + "</a>");
      return Optional.of(event.put("url", url));
    }
    if (server.pending().isEmpty()) {
      Optional<JsonNode> failure = failure(server);
      String why = failure.map(json -> json.path("message").asString("")).orElse("");
      ObjectNode event =
          event(100, why.isEmpty() ? "Spawn failed" : "Spawn failed: " + why).put("failed", true);
      failure
          .flatMap(json -> Json.field(json, "html_message"))
          .ifPresent(html -> event.put("html_message", html));
      return Optional.of(event);
    }
    return Optional.empty();
  }

  private static ObjectNode event(int percent, String message) {
    return Json.object().put("progress", percent).put("message", message);
  }

  private static void send(OutputStream out, String json) throws IOException {
    out.write(("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  /** Why the last start failed; nothing when it did not. */
  public static Optional<JsonNode> failure(UserServer server) {
    return server.work().flatMap(UserServer.Work::failure).map(Json::parse);
  }

  /**
   * Says to who has waited for a start that it failed.
   *
   * @throws HttpException with the reason: 400 where what was asked for is not possible, else 500
   */
  public void refuseFailure(long user, String name) {
    Optional<UserServer> server = database.read(tx -> tx.servers().find(user, name));
    server
        .flatMap(Progress::failure)
        .ifPresent(failure -> {
          throw new HttpException(
              failure.path("status").asInt(500),
              "Spawn failed: " + failure.path("message").asString("no reason is known"));
        });
  }
}
