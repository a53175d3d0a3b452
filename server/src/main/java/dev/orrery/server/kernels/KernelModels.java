package dev.orrery.server.kernels;

import dev.orrery.http.Json;
import dev.orrery.kernel.Kernel;
import dev.orrery.server.contents.Timestamps;
import tools.jackson.databind.node.ObjectNode;

/** Kernels as the REST API shows them. */
public final class KernelModels {

  private KernelModels() {}

  /**
   * {@code id}, {@code name}, {@code last_activity}, {@code execution_state}, {@code connections}.
   */
  public static ObjectNode of(Kernel kernel) {
    ObjectNode model =
        Json.object()
            .put("id", kernel.id())
            .put("name", kernel.name())
            .put("last_activity", Timestamps.of(kernel.lastActivity()))
            .put("execution_state", kernel.state().wireName())
            .put("connections", kernel.connections());
    kernel.reason().ifPresent(reason -> model.put("reason", reason));
    return model;
  }
}
