package dev.orrery.hub.servers;

import dev.orrery.http.Json;
import dev.orrery.hub.store.UserServer;
import java.time.Clock;

/** Tells of starts and stops in a log of its own name. */
record ServerEvents(Clock clock) {

  private static final System.Logger EVENTS = System.getLogger("dev.orrery.hub.events");

  /** What JupyterHub's event log has, version 1 of its schema, one JSON object in a line. */
  void tell(String action, UserServer server) {
    EVENTS.log(
        System.Logger.Level.INFO,
        () ->
            Json.text(
                Json.object()
                    .put("__timestamp__", clock.instant().toString())
                    .put("__schema__", "hub.jupyter.org/server-action")
                    .put("__schema_version__", "1")
                    .put("action", action)
                    .put("username", server.userName())
                    .put("servername", server.name())));
  }
}
