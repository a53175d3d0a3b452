package dev.orrery.proxy.log;

import dev.orrery.proxy.forward.Served;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A request as one line of JSON. Fields that have nothing to say are left out. */
final class AccessLine {

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private AccessLine() {}

  static String of(Served request) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("time", TIME.format(request.began()));
    line.put("id", request.id());
    putText(line, "trace", request.trace());
    putText(line, "client", request.client());
    line.put("protocol", request.protocol());
    line.put("method", request.method());
    putText(line, "host", request.host());
    line.put("path", request.path());
    putText(line, "route", request.route());
    putText(line, "target", request.target());
    line.put("status", request.status());
    putText(line, "error", request.reason());
    line.put("ms", Math.round(request.nanos() / 10_000.0) / 100.0);
    line.put("received", request.received());
    line.put("sent", request.sent());
    putTrue(line, "tunnel", request.tunnel());
    putTrue(line, "reused", request.reused());
    return line.toString();
  }

  static String leftOut(long lines) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("time", TIME.format(Instant.now()))
        .put("left_out", lines)
        .toString();
  }

  private static void putText(ObjectNode line, String name, String value) {
    if (!value.isEmpty()) {
      line.put(name, value);
    }
  }

  private static void putTrue(ObjectNode line, String name, boolean value) {
    if (value) {
      line.put(name, true);
    }
  }
}
