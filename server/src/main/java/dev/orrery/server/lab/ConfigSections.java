package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.Routes;
import dev.orrery.server.access.Access;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /api/config/<section>}: small settings that pages keep, in {@code
 * serverconfig/<section>.json} below the configuration folders; written to the user's.
 */
public final class ConfigSections {

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
    List<Path> folders = configPath.stream().map(dir -> dir.resolve("serverconfig")).toList();
    return SectionFiles.read(folders, section);
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
      ObjectNode own = JsonFile.read(userFile(section)).orElseGet(Json::object);
      SectionFiles.merge(own, body);
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
