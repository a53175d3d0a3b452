package dev.orrery.server.sessions;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.KernelNotFoundException;
import dev.orrery.kernel.KernelStartException;
import dev.orrery.kernel.Kernels;
import dev.orrery.kernel.UnknownKernelSpecException;
import dev.orrery.server.access.Access;
import dev.orrery.server.contents.ContentPaths;
import dev.orrery.server.kernels.KernelModels;
import dev.orrery.server.kernels.KernelsApi;
import dev.orrery.server.sessions.SessionTable.Session;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/sessions}: which document uses which kernel. */
public final class SessionsApi {

  private final Kernels kernels;
  private final KernelsApi kernelsApi;
  private final ContentPaths paths;
  private final Access access;
  private final String basePath;
  private final SessionTable sessions;

  /** Serves the sessions of one server. */
  public SessionsApi(
      Kernels kernels,
      SessionTable sessions,
      KernelsApi kernelsApi,
      ContentPaths paths,
      Access access,
      String basePath) {
    this.kernels = kernels;
    this.kernelsApi = kernelsApi;
    this.paths = paths;
    this.access = access;
    this.basePath = basePath;
    this.sessions = sessions;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.API, "GET", "/api/sessions", access.api(this::list));
    routes.add(Routes.Kind.API, "POST", "/api/sessions", access.api(this::create));
    routes.add(Routes.Kind.API, "GET", "/api/sessions/{id}", access.api(this::get));
    routes.add(Routes.Kind.API, "PATCH", "/api/sessions/{id}", access.api(this::patch));
    routes.add(Routes.Kind.API, "DELETE", "/api/sessions/{id}", access.api(this::delete));
    routes.add(Routes.Kind.API, "OPTIONS", "/api/sessions", access::preflight);
    routes.add(Routes.Kind.API, "OPTIONS", "/api/sessions/{id}", access::preflight);
  }

  private void list(Exchange exchange) {
    ArrayNode list = Json.array();
    for (Session session : sessions.list()) {
      kernels.find(session.kernelId()).ifPresent(kernel -> list.add(model(session, kernel)));
    }
    exchange.sendJson(200, list);
  }

  private static ObjectNode model(Session session, Kernel kernel) {
    ObjectNode model = Json.object();
    model
        .put("id", session.id())
        .put("path", session.path())
        .put("name", session.name())
        .put("type", session.type());
    model.set("kernel", KernelModels.of(kernel));
    if (session.type().equals("notebook")) {
      model.set("notebook", Json.object().put("path", session.path()).put("name", session.name()));
    }
    return model;
  }

  private void create(Exchange exchange) throws IOException {
    ObjectNode body = exchange.jsonObject();
    boolean legacy = body.path("notebook").path("path").isString();
    String path = legacy ? body.path("notebook").path("path").asString() : required(body, "path");
    String type = legacy ? "notebook" : required(body, "type");
    String name = Json.field(legacy ? body.path("notebook") : body, "name").orElse("");
    Optional<String> kernelId = at(body, "id");
    Optional<String> kernelName = at(body, "name");

    try {
      Session session =
          sessions.open(
              path,
              name,
              type,
              () -> kernelId.isPresent() ? attach(kernelId.get()) : start(kernelName, path));
      exchange.set("Location", basePath + "api/sessions/" + session.id());
      exchange.sendJson(201, model(session, kernel(session)));
    } catch (KernelStartException e) {
      sendFailure(exchange, kernelName, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while a kernel started", e);
    }
  }

  /** A text that may be empty: pages have sessions of no type. */
  private static String required(ObjectNode body, String field) {
    if (!body.path(field).isString()) {
      throw new HttpException(400, "Missing field in JSON data: " + field);
    }
    return body.path(field).asString();
  }

  private static Optional<String> at(ObjectNode body, String field) {
    return Json.field(body.path("kernel"), field);
  }

  private Kernel attach(String kernelId) {
    return kernels
        .find(kernelId)
        .orElseThrow(() -> new HttpException(409, "Kernel does not exist: " + kernelId));
  }

  private Kernel start(Optional<String> name, String path) throws KernelStartException {
    String full = paths.root().resolve(ContentPaths.clean(path).replace("\0", "")).toString();
    return kernelsApi.start(name, path, Map.of("JPY_SESSION_NAME", full), Optional.empty());
  }

  /** Clients show the short sentence in their status bar and the long one in a dialog. */
  private static void sendFailure(
      Exchange exchange, Optional<String> name, KernelStartException failure) {
    String message =
        failure.getMessage() == null ? "The kernel could not be started" : failure.getMessage();
    String what =
        failure instanceof UnknownKernelSpecException ? " not found" : " could not be started";
    exchange.sendJson(
        501,
        Json.object()
            .put("message", message)
            .put("short_message", name.orElse("The default kernel") + what));
  }

  private Kernel kernel(Session session) {
    return kernels
        .find(session.kernelId())
        .orElseThrow(
            () -> new HttpException(404, "The kernel of session " + session.id() + " is gone"));
  }

  private Session session(String id) {
    return sessions.find(id).orElseThrow(() -> noSession(id));
  }

  private static HttpException noSession(String id) {
    return new HttpException(404, "Session not found: session_id='" + id + "'");
  }

  private void get(Exchange exchange) {
    Session session = session(exchange.parameter("id"));
    exchange.sendJson(200, model(session, kernel(session)));
  }

  private void patch(Exchange exchange) throws IOException {
    ObjectNode body = exchange.jsonObject();
    Session old = session(exchange.parameter("id"));
    Optional<String> path =
        Json.field(body, "path").or(() -> Json.field(body.path("notebook"), "path"));
    Optional<String> wantedName = at(body, "name");
    Optional<String> attached = at(body, "id");
    Optional<String> started = Optional.empty();
    if (attached.isPresent()) {
      if (kernels.find(attached.get()).isEmpty()) {
        throw new HttpException(400, "No such kernel: " + attached.get());
      }
    } else if (wantedName.isPresent()) {
      try {
        started = Optional.of(start(wantedName, path.orElse(old.path())).id());
      } catch (KernelStartException e) {
        sendFailure(exchange, wantedName, e);
        return;
      }
    }
    Optional<String> kernelId = attached.isPresent() ? attached : started;
    Optional<SessionTable.Change> change =
        sessions.change(
            old.id(),
            now ->
                new Session(
                    now.id(),
                    path.orElse(now.path()),
                    Json.field(body, "name").orElse(now.name()),
                    Json.field(body, "type").orElse(now.type()),
                    kernelId.orElse(now.kernelId())));
    if (change.isEmpty()) {
      // Ended while its new kernel started, which nobody would find again.
      started.ifPresent(this::shutdown);
      throw noSession(old.id());
    }
    Session before = change.get().before();
    Session after = change.get().after();
    // Before the old kernel ends, which takes a while, in which another may replace the new one.
    ObjectNode answer = model(after, kernel(after));
    if (!after.kernelId().equals(before.kernelId())) {
      shutdown(before.kernelId());
    }
    exchange.sendJson(200, answer);
  }

  private void shutdown(String kernelId) {
    try {
      kernels.shutdown(kernelId);
    } catch (KernelNotFoundException e) {
      // Gone already, which is what was wanted.
    }
  }

  private void delete(Exchange exchange) {
    String id = exchange.parameter("id");
    Session session = session(id);
    try {
      // While it ends, it is still known whose kernel it is.
      kernels.shutdown(session.kernelId());
      exchange.sendEmpty(204);
    } catch (KernelNotFoundException e) {
      throw new HttpException(410, "Kernel deleted before session");
    } finally {
      sessions.remove(id);
    }
  }
}
