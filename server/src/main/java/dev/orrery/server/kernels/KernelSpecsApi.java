package dev.orrery.server.kernels;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.MediaTypes;
import dev.orrery.http.RawPath;
import dev.orrery.http.Routes;
import dev.orrery.http.StaticFiles;
import dev.orrery.kernel.KernelSpec;
import dev.orrery.kernel.KernelSpecs;
import dev.orrery.server.access.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** {@code /api/kernelspecs} and the logos that come with kernelspecs. */
public final class KernelSpecsApi {

  private final KernelSpecs specs;
  private final String defaultKernel;
  private final Access access;
  private final String basePath;

  /** Serves {@code specs}. */
  public KernelSpecsApi(KernelSpecs specs, String defaultKernel, Access access, String basePath) {
    this.specs = specs;
    this.defaultKernel = defaultKernel;
    this.access = access;
    this.basePath = basePath;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.API, "GET", "/api/kernelspecs", access.api(this::list));
    routes.add(Routes.Kind.API, "GET", "/api/kernelspecs/{name}", access.api(this::get));
    routes.add(Routes.Kind.API, "OPTIONS", "/api/kernelspecs", access::preflight);
    routes.add(Routes.Kind.API, "OPTIONS", "/api/kernelspecs/{name}", access::preflight);
    routes.add(Routes.Kind.API, "GET", "/kernelspecs/{name}/{file*}", access.page(this::resource));
  }

  private void list(Exchange exchange) {
    Map<String, KernelSpec> all = specs.findAll();
    ObjectNode list = Json.object();
    all.forEach((name, spec) -> list.set(name, model(name, spec)));
    exchange.sendJson(200, Json.object().put("default", defaultKernel).set("kernelspecs", list));
  }

  private void get(Exchange exchange) {
    String name = exchange.parameter("name");
    exchange.sendJson(200, model(name, spec(name)));
  }

  private KernelSpec spec(String name) {
    return specs
        .find(name)
        .orElseThrow(() -> new HttpException(404, "Kernel spec " + name + " not found"));
  }

  private ObjectNode model(String name, KernelSpec spec) {
    ObjectNode resources = Json.object();
    spec.resources()
        .forEach((resource, file) ->
            resources.put(
                resource,
                basePath + "kernelspecs/" + RawPath.encode(name) + "/" + file.getFileName()));
    ObjectNode model = Json.object().put("name", name);
    model.set("spec", spec.toJson());
    model.set("resources", resources);
    return model;
  }

  private void resource(Exchange exchange) throws IOException {
    KernelSpec spec = spec(exchange.parameter("name"));
    String name = exchange.parameter("file");
    // Only what a listing names: the folder may hold keys or scripts.
    Path file =
        spec.resources().values().stream()
            .filter(path -> String.valueOf(path.getFileName()).equals(name))
            .findFirst()
            .orElseThrow(() -> new HttpException(404, "Kernel spec resource not found: " + name));
    StaticFiles.sendExactly(
        exchange, file, MediaTypes.ofName(name).orElse("application/octet-stream"));
  }
}
