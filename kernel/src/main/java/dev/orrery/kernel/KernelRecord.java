package dev.orrery.kernel;

import dev.orrery.kernel.process.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a server has to know of a kernel that it did not start.
 *
 * @param sessions of the clients that have talked to it, the last one first: by them the kernel
 *     finds the way for its questions
 * @param process which runs it
 */
record KernelRecord(
    String id,
    KernelSpec spec,
    StartRequest request,
    List<String> sessions,
    Instant startedAt,
    ConnectionInfo info,
    ProcessIdentity process) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  byte[] toJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", id).put("started", startedAt.toString());
    json.putObject("process").put("pid", process.pid()).put("start", process.start());
    sessions.forEach(json.putArray("sessions")::add);
    json.set("connection", info.toJson());
    ObjectNode what = json.putObject("request").put("spec", request.specName());
    what.put("cwd", request.cwd().toString());
    ObjectNode env = what.putObject("env");
    request.env().forEach(env::put);
    json.putObject("spec")
        .put("name", spec.name())
        .put("folder", spec.resourceDir().toString())
        .set("file", spec.toJson());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IOException when it is something else; the message says what is wrong
   */
  static KernelRecord of(byte[] bytes) throws IOException {
    try {
      JsonNode json = JSON.readTree(bytes);
      String id = required(json, "id");
      JsonNode spec = json.path("spec");
      if (!(spec.path("file") instanceof ObjectNode file)) {
        throw new IOException("it has no spec");
      }
      JsonNode request = json.path("request");
      Map<String, String> env = new LinkedHashMap<>();
      request.path("env").properties().forEach(e -> env.put(e.getKey(), e.getValue().asString("")));
      return new KernelRecord(
          id,
          KernelSpecReader.read(required(spec, "name"), Path.of(required(spec, "folder")), file),
          new StartRequest(
              required(request, "spec"), Path.of(required(request, "cwd")), env, Optional.of(id)),
          sessions(json.path("sessions")),
          Instant.parse(required(json, "started")),
          ConnectionInfo.of(json.path("connection")),
          new ProcessIdentity(
              json.path("process").path("pid").asLong(0), required(json.path("process"), "start")));
    } catch (JacksonException | DateTimeParseException e) {
      throw new IOException("it is damaged: " + e.getMessage(), e);
    }
  }

  private static List<String> sessions(JsonNode json) throws IOException {
    var sessions = new ArrayList<String>();
    json.forEach(session -> sessions.add(session.asString("")));
    if (sessions.isEmpty() || sessions.contains("")) {
      throw new IOException("it has no sessions");
    }
    return sessions;
  }

  private static String required(JsonNode json, String field) throws IOException {
    JsonNode value = json.path(field);
    if (!value.isString() || value.stringValue().isEmpty()) {
      throw new IOException("it has no " + field);
    }
    return value.stringValue();
  }
}
