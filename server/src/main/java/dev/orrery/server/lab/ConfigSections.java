package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.server.access.Access;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /api/config/<section>}: small settings that pages keep, in {@code
 * serverconfig/<section>.json} below the configuration folders; written to the user's.
 */
public final class ConfigSections {

  private static final System.Logger LOG = System.getLogger(ConfigSections.class.getName());

  private final List<Path> configPath;
  private final Access access;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * Reads from all folders, writes to the first.
   *
   * @param configPath the most important first
   */
  public ConfigSections(List<Path> configPath, Access access) {
    this.configPath = List.copyOf(configPath);
    this.access = access;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    String pattern = "/api/config/{section}";
    routes.add(Routes.Kind.API, "GET", pattern, access.api(e -> e.sendJson(200, read(section(e)))));
    routes.add(Routes.Kind.API, "PUT", pattern, access.api(this::put));
    routes.add(Routes.Kind.API, "PATCH", pattern, access.api(this::patch));
    routes.add(Routes.Kind.API, "OPTIONS", pattern, access::preflight);
  }

  private static String section(Exchange exchange) {
    String section = exchange.parameter("section");
    if (!section.matches("\\w+")) {
      throw new HttpException(404, "A config section is a word of letters, digits and underscores");
    }
    return section;
  }

  private ObjectNode read(String section) {
    ObjectNode merged = Json.object();
    for (Path folder : configPath.reversed()) {
      Path base = folder.resolve("serverconfig");
      merge(merged, load(base.resolve(section + ".json")), false);
      for (Path part : parts(base.resolve(section + ".d"))) {
        merge(merged, load(part), false);
      }
    }
    return merged;
  }

  private static List<Path> parts(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return new ArrayList<>(
          files.filter(file -> file.toString().endsWith(".json")).sorted().toList());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "Left out: " + folder + ": " + e);
      return List.of();
    }
  }

  /** What a file holds; an empty object, and a warning, when it can't be read. */
  static ObjectNode load(Path file) {
    if (!Files.isRegularFile(file)) {
      return Json.object();
    }
    try {
      return Json.parse(Files.readAllBytes(file)) instanceof ObjectNode object
          ? object
          : Json.object();
    } catch (IOException | JacksonException e) {
      LOG.log(System.Logger.Level.WARNING, "Left out: " + file + ": " + e.getMessage());
      return Json.object();
    }
  }

  /**
   * Puts {@code from} into {@code into}, objects key by key.
   *
   * @param nullDeletes whether a null takes the key away
   */
  static void merge(ObjectNode into, JsonNode from, boolean nullDeletes) {
    from.properties()
        .forEach(entry -> {
          JsonNode value = entry.getValue();
          if (value instanceof ObjectNode
              && into.path(entry.getKey()) instanceof ObjectNode existing) {
            merge(existing, value, nullDeletes);
          } else if (nullDeletes && value.isNull()) {
            into.remove(entry.getKey());
          } else {
            into.set(entry.getKey(), value);
          }
        });
  }

  private void put(Exchange exchange) throws IOException {
    String section = section(exchange);
    ObjectNode body = exchange.jsonObject();
    lock.lock();
    try {
      write(section, body);
    } finally {
      lock.unlock();
    }
    exchange.sendEmpty(204);
  }

  private void patch(Exchange exchange) throws IOException {
    String section = section(exchange);
    ObjectNode body = exchange.jsonObject();
    ObjectNode all;
    lock.lock();
    try {
      ObjectNode own = load(userFile(section));
      merge(own, body, true);
      write(section, own);
      all = read(section);
    } finally {
      lock.unlock();
    }
    exchange.sendJson(200, all);
  }

  private Path userFile(String section) {
    return configPath.getFirst().resolve("serverconfig").resolve(section + ".json");
  }

  private void write(String section, ObjectNode content) {
    UserFile.replace("The section '" + section + "'", userFile(section), Json.bytes(content));
  }
}
