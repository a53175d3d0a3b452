package dev.orrery.server.contents;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.MediaTypes;
import dev.orrery.http.RawPath;
import dev.orrery.http.Routes;
import dev.orrery.http.StaticFiles;
import dev.orrery.server.access.Access;
import dev.orrery.server.events.Events;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/contents} and {@code /files}: the files of the user. */
public final class ContentsApi {

  private static final String EVENT =
      "https://events.jupyter.org/jupyter_server/contents_service/v1";

  private final Access access;
  private final Events events;
  private final String basePath;
  private final ContentPaths paths;
  private final FileContents contents;
  private final Checkpoints checkpoints;
  private final ContentChanges changes;
  private final LiveOutputs live;

  /**
   * Serves the files below the root of {@code settings}.
   *
   * @param live what cells have put out and no file has
   * @param userData {@code $XDG_DATA_HOME}, where the trash is
   */
  public ContentsApi(
      ContentsSettings settings,
      LiveOutputs live,
      Path userData,
      Access access,
      Events events,
      String basePath) {
    this.access = access;
    this.events = events;
    this.basePath = basePath;
    this.live = live;
    paths = new ContentPaths(settings.root(), settings.allowHidden());
    Trust trust = new Trust(settings.dataDir());
    checkpoints = new Checkpoints(settings.dataDir().resolve("checkpoints"));
    contents = new FileContents(paths, settings.hidden(), trust, live);
    changes = new ContentChanges(paths, settings, contents, checkpoints, trust, live, userData);
  }

  /** Where the files are. */
  public ContentPaths paths() {
    return paths;
  }

  /**
   * Changes a notebook where it lies, if there is one and {@code change} says that it has changed
   * something. It stays trusted if it was.
   *
   * @param path clean
   * @param change given the notebook as a page gets it
   * @throws IOException when it can't be read or written; it is then as it was
   * @throws HttpException when the path is not allowed, or there is no notebook in the file
   */
  public void rewrite(String path, Predicate<ObjectNode> change) throws IOException {
    changes.rewrite(path, change);
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    for (String pattern : new String[] {"/api/contents", "/api/contents/{path*}"}) {
      routes.add(Routes.Kind.API, "GET", pattern, access.api(this::get));
      routes.add(Routes.Kind.API, "POST", pattern, access.api(this::post));
      routes.add(Routes.Kind.API, "PUT", pattern, access.api(this::put));
      routes.add(Routes.Kind.API, "PATCH", pattern, access.api(this::patch));
      routes.add(Routes.Kind.API, "DELETE", pattern, access.api(this::delete));
      routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
    }
    routes.add(Routes.Kind.PAGE, "GET", "/files/{path*}", access.file(this::download));
    routes.add(Routes.Kind.PAGE, "HEAD", "/files/{path*}", access.file(this::download));
  }

  /** The path of a request, and the part behind it that is not a file: checkpoints and trust. */
  private record Target(String path, String action, Optional<String> checkpoint) {}

  private static Target target(Exchange exchange) {
    var segments = exchange.segments();
    String path = ContentPaths.clean(String.join("/", segments.subList(2, segments.size())));
    String[] parts = path.isEmpty() ? new String[0] : path.split("/", -1);
    int length = parts.length;
    if (length >= 2
        && parts[length - 2].equals("checkpoints")
        && parts[length - 1].matches("[\\w-]+")) {
      return new Target(join(parts, length - 2), "checkpoints", Optional.of(parts[length - 1]));
    }
    if (length >= 1 && Set.of("checkpoints", "trust").contains(parts[length - 1])) {
      return new Target(join(parts, length - 1), parts[length - 1], Optional.empty());
    }
    return new Target(path, "", Optional.empty());
  }

  private static String join(String[] parts, int count) {
    return String.join("/", List.of(parts).subList(0, count));
  }

  private void get(Exchange exchange) throws IOException {
    Target target = target(exchange);
    if (target.action().equals("checkpoints")) {
      if (target.checkpoint().isPresent()) {
        throw new HttpException(405, "Method Not Allowed");
      }
      // Pages also ask for those of a name that was just changed, and take an error badly.
      exchange.sendJson(200, checkpoints.list(paths.resolve(target.path())));
      return;
    }
    if (target.action().equals("trust")) {
      throw new HttpException(405, "Method Not Allowed");
    }
    Optional<String> type = exchange.query("type").filter(given -> !given.isEmpty());
    type = type.map(given -> Set.of("directory", "notebook").contains(given) ? given : "file");
    Optional<String> format = exchange.query("format").filter(given -> !given.isEmpty());
    if (format.filter(given -> !Set.of("text", "base64").contains(given)).isPresent()) {
      throw new HttpException(
          400, "Format '" + format.get() + "' is invalid; the formats are text and base64");
    }
    var wanted =
        new FileContents.Wanted(
            type, format, flag(exchange, "content", true), flag(exchange, "hash", false));
    ObjectNode model;
    try {
      model = contents.get(target.path(), wanted);
    } catch (HttpException e) {
      if (e.status() == 404) {
        // Upstream answers this one case with a bare sentence, and clients show it as it is.
        exchange.send(404, "application/json", e.message().getBytes(StandardCharsets.UTF_8));
        return;
      }
      throw e;
    }
    send(exchange, 200, model);
    emit("get", target.path(), Optional.empty());
  }

  private static boolean flag(Exchange exchange, String name, boolean otherwise) {
    String value = exchange.query(name).orElse(otherwise ? "1" : "0");
    return switch (value) {
      case "1" -> true;
      case "0" -> false;
      default -> throw new HttpException(400, name + " '" + value + "' is invalid; it is 0 or 1");
    };
  }

  private void send(Exchange exchange, int status, ObjectNode model) {
    var modified = ZonedDateTime.parse(model.path("last_modified").asString());
    exchange.set(
        "Last-Modified",
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .format(modified.withZoneSameInstant(ZoneOffset.UTC)));
    if (status == 201) {
      exchange.set(
          "Location",
          basePath + "api/contents/" + RawPath.encodePath(model.path("path").asString()));
    }
    exchange.sendJson(status, model);
  }

  private void post(Exchange exchange) throws IOException {
    Target target = target(exchange);
    if (target.action().equals("trust")) {
      try {
        changes.trust(target.path());
      } catch (IOException e) {
        throw FileContents.failure("Trusting", target.path(), e);
      }
      exchange.sendEmpty(201);
      return;
    }
    if (target.action().equals("checkpoints")) {
      if (target.checkpoint().isPresent()) {
        try {
          checkpoints.restore(file(target.path()), target.checkpoint().get());
          live.replaced(target.path());
        } catch (IOException e) {
          throw FileContents.failure("Reverting", target.path(), e);
        }
        exchange.sendEmpty(204);
      } else {
        ObjectNode model;
        try {
          model = checkpoints.create(file(target.path()));
        } catch (IOException e) {
          throw FileContents.failure("Making a checkpoint of", target.path(), e);
        }
        exchange.set(
            "Location",
            basePath
                + "api/contents/"
                + RawPath.encodePath(target.path())
                + "/checkpoints/"
                + model.path("id").asString());
        exchange.sendJson(201, model);
      }
      return;
    }
    ObjectNode body = exchange.jsonObject();
    String copyFrom = ContentPaths.clean(body.path("copy_from").asString(""));
    Path place = paths.resolve(target.path());
    if (Files.exists(place) && !Files.isDirectory(place)) {
      throw new HttpException(400, "Cannot POST to files, use PUT instead.");
    }
    ObjectNode model;
    try {
      if (!copyFrom.isEmpty()) {
        model = changes.copy(copyFrom, target.path());
        emit("copy", model.path("path").asString(), Optional.of(copyFrom));
      } else {
        String type = body.path("type").asString("");
        String extension = body.path("ext").asString("");
        String kind = !type.isEmpty() ? type : extension.equals(".ipynb") ? "notebook" : "file";
        model = changes.createUntitled(target.path(), kind, extension);
        emit("create", model.path("path").asString(), Optional.empty());
      }
    } catch (IOException e) {
      throw copyFrom.isEmpty()
          ? FileContents.failure("Creating a file in", "/" + target.path(), e)
          : FileContents.failure("Copying", copyFrom + " into /" + target.path(), e);
    }
    send(exchange, 201, model);
  }

  private void put(Exchange exchange) throws IOException {
    Target target = target(exchange);
    requireFile(target);
    Optional<JsonNode> sent = exchange.json();
    ObjectNode body = sent.isEmpty() ? Json.object() : object(sent.get());
    if (body.path("type").asString("").isEmpty()) {
      body.put("type", "file");
    }
    if (body.has("copy_from")) {
      throw new HttpException(400, "Cannot copy with PUT, only POST");
    }
    if (sent.isEmpty()) {
      body.put("type", FileContents.isNotebook(target.path()) ? "notebook" : "file")
          .put("format", "text")
          .put("content", "");
      if (FileContents.isNotebook(target.path())) {
        body.set("content", NotebookFormat.empty());
      }
    }
    Optional<Integer> chunk = Optional.empty();
    if (body.has("chunk") && !body.path("chunk").isNull()) {
      if (!body.path("chunk").isIntegralNumber()) {
        throw new HttpException(
            400, "chunk is a whole number: 1 for the first part, -1 for the last");
      }
      chunk = Optional.of(body.path("chunk").asInt());
    }
    try {
      ContentChanges.Saved saved = changes.save(target.path(), body, chunk);
      send(exchange, saved.created() ? 201 : 200, saved.model());
    } catch (IOException e) {
      throw FileContents.failure("Saving", target.path(), e);
    }
    emit(chunk.isPresent() ? "upload" : "save", target.path(), Optional.empty());
  }

  private static ObjectNode object(JsonNode sent) {
    if (sent instanceof ObjectNode object) {
      return object;
    }
    throw new HttpException(400, "Invalid JSON in body of request: a contents model is an object");
  }

  private void patch(Exchange exchange) throws IOException {
    Target target = target(exchange);
    requireFile(target);
    ObjectNode body = exchange.jsonObject();
    if (!body.path("path").isString()) {
      throw new HttpException(400, "A rename needs the new 'path'");
    }
    String to = ContentPaths.clean(body.path("path").asString());
    requireVisible(to);
    ObjectNode model;
    try {
      model = changes.rename(target.path(), to);
    } catch (IOException e) {
      throw FileContents.failure("Renaming", target.path(), e);
    }
    send(exchange, 200, model);
    emit("rename", to, Optional.of(target.path()));
  }

  private void delete(Exchange exchange) throws IOException {
    Target target = target(exchange);
    if (target.checkpoint().isPresent()) {
      try {
        checkpoints.delete(file(target.path()), target.checkpoint().get());
      } catch (IOException e) {
        throw FileContents.failure("Deleting the checkpoint of", target.path(), e);
      }
      exchange.sendEmpty(204);
      return;
    }
    requireFile(target);
    try {
      changes.delete(target.path());
    } catch (IOException e) {
      throw FileContents.failure("Deleting", target.path(), e);
    }
    exchange.sendEmpty(204);
    emit("delete", target.path(), Optional.empty());
  }

  private void requireFile(Target target) {
    if (!target.action().isEmpty()) {
      throw new HttpException(405, "Method Not Allowed");
    }
    requireVisible(target.path());
  }

  /** A hidden file is not found when asked for, and can't be changed. */
  private void requireVisible(String path) {
    if (paths.isHiddenPath(path)) {
      throw new HttpException(
          400,
          "'/"
              + path
              + "' is hidden: names that begin with a dot can't be used unless"
              + " ContentsManager.allow_hidden is set");
    }
  }

  private Path file(String path) {
    Path file = paths.resolve(path);
    if (!Files.isRegularFile(file)) {
      throw ContentPaths.notFound(path);
    }
    return file;
  }

  private void download(Exchange exchange) throws IOException {
    String path = ContentPaths.clean(exchange.parameter("path"));
    Path file = file(path);
    if (!Files.isReadable(file)) {
      throw new HttpException(403, "Permission denied: " + path);
    }
    String name = ContentPaths.name(path);
    access.restrict(exchange, "sandbox allow-scripts");
    if (exchange
        .query("download")
        .filter(value -> !value.isEmpty() && !value.equals("0"))
        .isPresent()) {
      exchange.set(
          "Content-Disposition",
          "attachment; filename*=utf-8''" + RawPath.encode(name).replace("'", "%27"));
    }
    String type =
        FileContents.isNotebook(path)
            ? "application/x-ipynb+json"
            : MediaTypes.ofName(name).orElse("");
    if (type.isEmpty()) {
      type = isText(file) ? "text/plain; charset=UTF-8" : "application/octet-stream";
    } else if (type.startsWith("text/")) {
      type += "; charset=UTF-8";
    }
    StaticFiles.sendExactly(exchange, file, type);
  }

  private static boolean isText(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(4096);
      for (byte b : start) {
        if (b == 0) {
          return false;
        }
      }
      return true;
    }
  }

  private void emit(String action, String path, Optional<String> source) {
    ObjectNode data = Json.object().put("action", action).put("path", path);
    source.ifPresent(from -> data.put("source_path", from));
    events.emit(EVENT, data);
  }
}
