package dev.orrery.server.kernels;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.http.WebSocketOptions;
import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.KernelNotFoundException;
import dev.orrery.kernel.KernelStartException;
import dev.orrery.kernel.Kernels;
import dev.orrery.kernel.StartRequest;
import dev.orrery.kernel.UnknownKernelSpecException;
import dev.orrery.kernel.message.WebSocketFrames;
import dev.orrery.server.access.Access;
import dev.orrery.server.contents.ContentPaths;
import dev.orrery.server.events.Events;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/kernels}: starting, ending and talking to kernels. */
public final class KernelsApi {

  private static final String EVENT = "https://events.jupyter.org/jupyter_server/kernel_actions/v1";

  private final OpenSockets open = new OpenSockets();
  private final Kernels kernels;
  private final ContentPaths paths;
  private final Access access;
  private final Events events;
  private final SocketSettings socketSettings;
  private final WebSocketOptions socketOptions;
  private final String defaultKernel;
  private final Duration readyLimit;
  private final String basePath;

  /**
   * Serves {@code kernels}.
   *
   * @param defaultKernel the kernelspec of a kernel nobody named
   * @param readyLimit how long a WebSocket waits for its kernel's first answer
   */
  public KernelsApi(
      Kernels kernels,
      ContentPaths paths,
      Access access,
      Events events,
      SocketSettings socketSettings,
      WebSocketOptions socketOptions,
      String defaultKernel,
      Duration readyLimit,
      String basePath) {
    this.kernels = kernels;
    this.paths = paths;
    this.access = access;
    this.events = events;
    this.socketSettings = socketSettings;
    this.socketOptions = socketOptions;
    this.defaultKernel = defaultKernel;
    this.readyLimit = readyLimit;
    this.basePath = basePath;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.API, "GET", "/api/kernels", access.api(this::list));
    routes.add(Routes.Kind.API, "POST", "/api/kernels", access.api(this::start));
    routes.add(
        Routes.Kind.API,
        "GET",
        "/api/kernels/{id}",
        access.api(e -> e.sendJson(200, KernelModels.of(kernel(e)))));
    routes.add(Routes.Kind.API, "DELETE", "/api/kernels/{id}", access.api(this::delete));
    routes.add(Routes.Kind.API, "POST", "/api/kernels/{id}/interrupt", access.api(this::interrupt));
    routes.add(Routes.Kind.API, "POST", "/api/kernels/{id}/restart", access.api(this::restart));
    routes.add(Routes.Kind.API, "GET", "/api/kernels/{id}/channels", access.socket(this::connect));
    for (String pattern :
        new String[] {
          "/api/kernels",
          "/api/kernels/{id}",
          "/api/kernels/{id}/interrupt",
          "/api/kernels/{id}/restart"
        }) {
      routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
    }
  }

  private void list(Exchange exchange) {
    ArrayNode list = Json.array();
    kernels.list().forEach(kernel -> list.add(KernelModels.of(kernel)));
    exchange.sendJson(200, list);
  }

  private void start(Exchange exchange) throws IOException {
    ObjectNode body = exchange.jsonObject();
    Optional<String> id = Json.field(body, "kernel_id");
    if (id.isPresent()) {
      requireUuid(id.get());
    }
    try {
      Kernel kernel =
          start(Json.field(body, "name"), Json.field(body, "path").orElse(""), Map.of(), id);
      exchange.set("Location", basePath + "api/kernels/" + kernel.id());
      exchange.sendJson(201, KernelModels.of(kernel));
    } catch (UnknownKernelSpecException e) {
      throw new HttpException(404, message(e));
    } catch (KernelStartException e) {
      throw new HttpException(500, message(e));
    }
  }

  private static String message(Exception e) {
    return e.getMessage() == null ? "The kernel could not be started" : e.getMessage();
  }

  /**
   * Starts a kernel.
   *
   * @param name a kernelspec; empty for the default
   * @param path the file or folder it is for, as of the contents API
   */
  public Kernel start(
      Optional<String> name, String path, Map<String, String> env, Optional<String> id)
      throws KernelStartException {
    String spec = name.orElse(defaultKernel);
    try {
      Kernel kernel = kernels.start(new StartRequest(spec, paths.workingDirectory(path), env, id));
      emit("start", kernel.id(), kernel.name(), "Kernel " + kernel.id() + " was started.");
      return kernel;
    } catch (KernelStartException e) {
      emit("start", id.orElse(""), spec, "Kernel " + spec + " could not be started.");
      throw e;
    }
  }

  private Kernel kernel(Exchange exchange) {
    return kernel(exchange.parameter("id"));
  }

  private Kernel kernel(String id) {
    return kernels.find(id).orElseThrow(() -> noKernel(id));
  }

  private static HttpException noKernel(String id) {
    String shown = id.length() > 80 ? id.substring(0, 80) + "…" : id;
    return new HttpException(404, "Kernel does not exist: " + shown);
  }

  private static void requireUuid(String id) {
    try {
      if (!UUID.fromString(id).toString().equals(id)) {
        throw new IllegalArgumentException("not in canonical form");
      }
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, "A kernel id is a UUID in lower case, like " + new UUID(0, 0));
    }
  }

  private void delete(Exchange exchange) {
    Kernel kernel = kernel(exchange);
    try {
      kernels.shutdown(kernel.id());
    } catch (KernelNotFoundException e) {
      throw noKernel(kernel.id());
    }
    emit("shutdown", kernel.id(), kernel.name(), "Kernel " + kernel.id() + " was shutdown.");
    exchange.sendEmpty(204);
  }

  private void interrupt(Exchange exchange) throws IOException {
    Kernel kernel = kernel(exchange);
    kernel.interrupt();
    emit("interrupt", kernel.id(), kernel.name(), "Kernel " + kernel.id() + " was interrupted.");
    exchange.sendEmpty(204);
  }

  private void restart(Exchange exchange) {
    Kernel kernel = kernel(exchange);
    try {
      kernel.restart();
    } catch (KernelStartException e) {
      throw new HttpException(500, "Exception restarting kernel: " + message(e));
    }
    emit("restart", kernel.id(), kernel.name(), "Kernel " + kernel.id() + " was restarted.");
    exchange.sendJson(200, KernelModels.of(kernel));
  }

  private void connect(Exchange exchange) throws IOException {
    Kernel kernel = kernel(exchange);
    String session =
        exchange
            .query("session_id")
            .filter(id -> !id.isEmpty())
            .orElseGet(() -> UUID.randomUUID().toString());
    try {
      // A page that connects early is kept waiting, as upstream does: its first messages would find
      // no kernel.
      kernel.awaitReady(readyLimit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while a kernel started", e);
    }
    boolean v1 =
        socketSettings.offersV1() && exchange.offeredSubprotocols().contains(WebSocketFrames.V1);
    Optional<String> subprotocol = v1 ? Optional.of(WebSocketFrames.V1) : Optional.empty();
    exchange.upgrade(
        socketOptions, subprotocol, new KernelSocket(kernel, session, v1, socketSettings, open));
  }

  /**
   * Waits until all pages know that their kernels have let go of them.
   *
   * @return false when {@code limit} passed first
   */
  public boolean awaitNoPages(Duration limit) throws InterruptedException {
    return open.awaitNone(limit);
  }

  private void emit(String action, String id, String name, String text) {
    events.emit(
        EVENT,
        Json.object()
            .put("action", action)
            .put("msg", text)
            .put("kernel_id", id)
            .put("kernel_name", name));
  }
}
