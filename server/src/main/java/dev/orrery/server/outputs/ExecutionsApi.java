package dev.orrery.server.outputs;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.journal.CellExecution;
import dev.orrery.kernel.journal.CellOutput;
import dev.orrery.server.access.Access;
import dev.orrery.server.contents.ContentPaths;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /api/orrery/executions}: what runs, or has run, in a notebook whose page may be another
 * one than before. Asked by our extension of JupyterLab.
 */
public final class ExecutionsApi {

  private final Function<String, Optional<Kernel>> kernelOf;
  private final Access access;

  /**
   * Answers from kernels.
   *
   * @param kernelOf the kernel of a notebook, by its path
   */
  public ExecutionsApi(Function<String, Optional<Kernel>> kernelOf, Access access) {
    this.kernelOf = kernelOf;
    this.access = access;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    String replay = "/api/orrery/executions/{id}/replay";
    routes.add(Routes.Kind.API, "GET", "/api/orrery/executions", access.api(this::list));
    routes.add(Routes.Kind.API, "POST", replay, access.api(this::replay));
    routes.add(Routes.Kind.API, "OPTIONS", "/api/orrery/executions", access::preflight);
    routes.add(Routes.Kind.API, "OPTIONS", replay, access::preflight);
  }

  private void list(Exchange exchange) {
    ArrayNode list = Json.array();
    kernelOf
        .apply(path(exchange))
        .ifPresent(kernel -> kernel.executions().forEach(one -> list.add(model(one))));
    exchange.sendJson(200, list);
  }

  private static ObjectNode model(CellExecution execution) {
    long text = 0;
    for (CellOutput output : execution.outputs()) {
      text += output instanceof CellOutput.Text stream ? stream.text().length() : 0;
    }
    return Json.object()
        .put("msg_id", execution.msgId())
        .put("cell_id", execution.cellId())
        .put("session", execution.session())
        .put("running", execution.isRunning())
        .put("execution_count", execution.count().orElse(null))
        .put("outputs", execution.outputs().size())
        .put("text_length", text);
  }

  private void replay(Exchange exchange) {
    String path = path(exchange);
    String id = exchange.parameter("id");
    String session = required(exchange, "session_id");
    Kernel kernel =
        kernelOf
            .apply(path)
            .orElseThrow(() -> new HttpException(404, "There is no kernel of " + path));
    if (!kernel.replay(session, id)) {
      throw new HttpException(
          404,
          "Nothing is known of the execution "
              + id
              + ", or the session "
              + session
              + " has no connection to the kernel");
    }
    exchange.sendEmpty(204);
  }

  private static String path(Exchange exchange) {
    return ContentPaths.clean(required(exchange, "path"));
  }

  private static String required(Exchange exchange, String name) {
    return exchange
        .query(name)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> new HttpException(400, "Missing parameter: " + name));
  }
}
