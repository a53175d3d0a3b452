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
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/sessions}: which document uses which kernel. */
public final class SessionsApi {

  private static final int MAX_SESSIONS = 10_000;

  private record Session(String id, String path, String name, String type, String kernelId) {}

  private final Kernels kernels;
  private final KernelsApi kernelsApi;
  private final ContentPaths paths;
  private final Access access;
  private final String basePath;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Session> sessions = new LinkedHashMap<>();

  /** Serves the sessions of one server; there are none at first. */
  public SessionsApi(
      Kernels kernels, KernelsApi kernelsApi, ContentPaths paths, Access access, String basePath) {
    this.kernels = kernels;
    this.kernelsApi = kernelsApi;
    this.paths = paths;
    this.access = access;
    this.basePath = basePath;
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
    lock.lock();
    try {
      sessions.values().removeIf(session -> kernels.find(session.kernelId()).isEmpty());
      for (Session session : sessions.values()) {
        kernels.find(session.kernelId()).ifPresent(kernel -> list.add(model(session, kernel)));
      }
    } finally {
      lock.unlock();
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
    String path =
        legacy ? body.path("notebook").path("path").asString() : text(body, "path").orElse("");
    String type = legacy ? "notebook" : text(body, "type").orElse("");
    if (path.isEmpty()) {
      throw new HttpException(400, "Missing field in JSON data: path");
    }
    if (type.isEmpty()) {
      throw new HttpException(400, "Missing field in JSON data: type");
    }
    String name =
        legacy ? body.path("notebook").path("name").asString("") : text(body, "name").orElse("");
    Optional<String> kernelId = at(body, "id");
    Optional<String> kernelName = at(body, "name");

    // Held while a kernel starts: two tabs that open one notebook at once must get one kernel.
    lock.lock();
    try {
      Optional<Session> existing = byPath(path);
      Session session;
      if (existing.isPresent()) {
        session = existing.get();
      } else {
        if (sessions.size() >= MAX_SESSIONS) {
          throw new HttpException(
              503, "There are " + MAX_SESSIONS + " sessions already; end some first");
        }
        Kernel kernel = kernelId.isPresent() ? attach(kernelId.get()) : start(kernelName, path);
        session = new Session(UUID.randomUUID().toString(), path, name, type, kernel.id());
        sessions.put(session.id(), session);
      }
      exchange.set("Location", basePath + "api/sessions/" + session.id());
      exchange.sendJson(201, model(session, kernel(session)));
    } catch (KernelStartException e) {
      sendFailure(exchange, kernelName, e);
    } finally {
      lock.unlock();
    }
  }

  private static Optional<String> text(ObjectNode body, String field) {
    return Optional.of(body.path(field).asString("")).filter(value -> !value.isEmpty());
  }

  private static Optional<String> at(ObjectNode body, String field) {
    return Optional.of(body.path("kernel").path(field).asString(""))
        .filter(value -> !value.isEmpty());
  }

  private Optional<Session> byPath(String path) {
    return sessions.values().stream()
        .filter(
            session -> session.path().equals(path) && kernels.find(session.kernelId()).isPresent())
        .findFirst();
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

  private Session session(Exchange exchange) {
    String id = exchange.parameter("id");
    Session session = sessions.get(id);
    if (session == null || kernels.find(session.kernelId()).isEmpty()) {
      sessions.remove(id);
      throw new HttpException(404, "Session not found: session_id='" + id + "'");
    }
    return session;
  }

  private void get(Exchange exchange) {
    lock.lock();
    try {
      Session session = session(exchange);
      exchange.sendJson(200, model(session, kernel(session)));
    } finally {
      lock.unlock();
    }
  }

  private void patch(Exchange exchange) throws IOException {
    ObjectNode body = exchange.jsonObject();
    Optional<String> replaced = Optional.empty();
    Session changed;
    lock.lock();
    try {
      Session old = session(exchange);
      String kernelId = old.kernelId();
      String path =
          text(body, "path")
              .or(() ->
                  Optional.of(body.path("notebook").path("path").asString(""))
                      .filter(p -> !p.isEmpty()))
              .orElse(old.path());
      Optional<String> wantedId = at(body, "id");
      Optional<String> wantedName = at(body, "name");
      if (wantedId.isPresent()) {
        kernelId =
            kernels
                .find(wantedId.get())
                .orElseThrow(() -> new HttpException(400, "No such kernel: " + wantedId.get()))
                .id();
      } else if (wantedName.isPresent()) {
        kernelId = start(wantedName, path).id();
      }
      changed =
          new Session(
              old.id(),
              path,
              text(body, "name").orElse(old.name()),
              text(body, "type").orElse(old.type()),
              kernelId);
      sessions.put(changed.id(), changed);
      if (!kernelId.equals(old.kernelId())) {
        replaced = Optional.of(old.kernelId());
      }
    } catch (KernelStartException e) {
      sendFailure(exchange, at(body, "name"), e);
      return;
    } finally {
      lock.unlock();
    }
    replaced.ifPresent(this::shutdown);
    exchange.sendJson(200, model(changed, kernel(changed)));
  }

  private void shutdown(String kernelId) {
    try {
      kernels.shutdown(kernelId);
    } catch (KernelNotFoundException e) {
      // Gone already, which is what was wanted.
    }
  }

  private void delete(Exchange exchange) {
    Session session;
    lock.lock();
    try {
      session = session(exchange);
      sessions.remove(session.id());
    } finally {
      lock.unlock();
    }
    try {
      kernels.shutdown(session.kernelId());
      exchange.sendEmpty(204);
    } catch (KernelNotFoundException e) {
      throw new HttpException(410, "Kernel deleted before session");
    }
  }
}
