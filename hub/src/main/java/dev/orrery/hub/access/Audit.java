package dev.orrery.hub.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.hub.scopes.Resource;
import java.io.IOException;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells who changed what, or tried to: one JSON object for each request, in a log of its own name.
 * Bodies are left out, for passwords and tokens are in some.
 */
final class Audit {

  private static final System.Logger LOG = System.getLogger("dev.orrery.hub.audit");
  private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

  private Audit() {}

  /** What is done for somebody. */
  interface Act {
    void run() throws IOException;
  }

  /**
   * Does it, and tells of it how it came out.
   *
   * @param from the address it was asked for from
   */
  static void told(Exchange exchange, String from, Visitor visitor, Act act) throws IOException {
    if (READING.contains(exchange.method()) || exchange.route().endsWith("/activity")) {
      act.run();
      return;
    }
    int status = 500;
    try {
      act.run();
      status = exchange.status();
    } catch (HttpException e) {
      status = e.status();
      throw e;
    } finally {
      tell(exchange, from, visitor, status);
    }
  }

  private static void tell(Exchange exchange, String from, Visitor visitor, int status) {
    ObjectNode line = Json.object();
    line.put(visitor.owner() instanceof Resource.Service ? "service" : "user", visitor.name());
    visitor.token().ifPresent(token -> line.put("token", token.apiId()));
    line.put("from", from);
    line.put("method", exchange.method());
    line.put("path", exchange.rawPath());
    line.put("status", status);
    LOG.log(System.Logger.Level.INFO, () -> Json.text(line));
  }
}
