package dev.orrery.hub;

import dev.orrery.http.Json;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import tools.jackson.databind.JsonNode;

/** What hubs of this process write into the audit log, from now until this is closed. */
final class AuditLines extends Handler implements AutoCloseable {

  private final Logger log = Logger.getLogger("dev.orrery.hub.audit");
  private final List<String> lines = new CopyOnWriteArrayList<>();

  AuditLines() {
    log.addHandler(this);
  }

  List<JsonNode> told() {
    return lines.stream().map(Json::parse).toList();
  }

  @Override
  public void publish(LogRecord line) {
    lines.add(line.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    log.removeHandler(this);
  }
}
