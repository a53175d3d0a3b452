package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.server.access.Access;
import dev.orrery.server.contents.Timestamps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /lab/api/workspaces}: which documents were open where, one file per workspace. */
public final class WorkspacesApi {

  private static final System.Logger LOG = System.getLogger(WorkspacesApi.class.getName());

  private final Path folder;
  private final Access access;

  /** Keeps workspaces in {@code folder}, which is made with the first one. */
  public WorkspacesApi(Path folder, Access access) {
    this.folder = folder;
    this.access = access;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    for (String pattern : List.of("/lab/api/workspaces", "/lab/api/workspaces/")) {
      routes.add(Routes.Kind.API, "GET", pattern, access.api(this::list));
      routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
    }
    String one = "/lab/api/workspaces/{id*}";
    routes.add(Routes.Kind.API, "GET", one, access.api(this::get));
    routes.add(Routes.Kind.API, "PUT", one, access.api(this::put));
    routes.add(Routes.Kind.API, "DELETE", one, access.api(this::delete));
    routes.add(Routes.Kind.API, "OPTIONS", one, access::preflight);
  }

  private void list(Exchange exchange) throws IOException {
    ArrayNode ids = Json.array();
    ArrayNode values = Json.array();
    if (Files.isDirectory(folder)) {
      try (var files = Files.list(folder)) {
        for (Path file :
            files
                .filter(path -> path.toString().endsWith(WorkspaceFile.EXTENSION))
                .sorted()
                .toList()) {
          try {
            ObjectNode workspace = read(file);
            ids.add(workspace.path("metadata").path("id").asString(""));
            values.add(workspace);
          } catch (HttpException e) {
            LOG.log(System.Logger.Level.WARNING, "Left out of the workspaces: " + e.getMessage());
          }
        }
      }
    }
    ObjectNode workspaces = Json.object();
    workspaces.set("ids", ids);
    workspaces.set("values", values);
    exchange.sendJson(200, Json.object().set("workspaces", workspaces));
  }

  private static ObjectNode read(Path file) throws IOException {
    try {
      if (Json.parse(Files.readAllBytes(file)) instanceof ObjectNode workspace
          && workspace.path("metadata") instanceof ObjectNode metadata) {
        metadata.put("last_modified", offset(Files.getLastModifiedTime(file)));
        if (Files.getAttribute(file, "unix:ctime") instanceof FileTime created) {
          metadata.put("created", offset(created));
        }
        return workspace;
      }
      throw new HttpException(
          500, "The workspace file " + file.getFileName() + " holds no workspace");
    } catch (JacksonException e) {
      throw new HttpException(
          500,
          "The workspace file " + file.getFileName() + " is not JSON: " + e.getOriginalMessage());
    }
  }

  private static String offset(FileTime time) {
    return Timestamps.of(time.toInstant()).replace("Z", "+00:00");
  }

  private void get(Exchange exchange) throws IOException {
    String id = exchange.parameter("id");
    Path file = folder.resolve(WorkspaceFile.name(id));
    if (Files.isRegularFile(file)) {
      exchange.sendJson(200, read(file));
      return;
    }
    ObjectNode empty = Json.object();
    empty.putObject("data");
    empty.putObject("metadata").put("id", id.startsWith("/") ? id : "/" + id);
    exchange.sendJson(200, empty);
  }

  private void put(Exchange exchange) throws IOException {
    String id = exchange.parameter("id");
    ObjectNode workspace = exchange.jsonObject();
    String inside = workspace.path("metadata").path("id").asString("");
    if (!(inside.startsWith("/") ? inside.substring(1) : inside).equals(id)) {
      throw new HttpException(
          400, "Workspace metadata ID mismatch: expected '" + id + "' got '" + inside + "'");
    }
    UserFile.replace(
        "The workspace '" + id + "'",
        folder.resolve(WorkspaceFile.name(id)),
        Json.bytes(workspace));
    exchange.sendEmpty(204);
  }

  private void delete(Exchange exchange) throws IOException {
    String id = exchange.parameter("id");
    if (!Files.deleteIfExists(folder.resolve(WorkspaceFile.name(id)))) {
      throw new HttpException(404, "Workspace '" + id + "' not found");
    }
    exchange.sendEmpty(204);
  }
}
