package dev.orrery.http;

import java.util.List;

/**
 * What a server is made of, its routes aside.
 *
 * @param listen where it listens
 * @param basePath decoded segments below which the routes live; empty for the root
 * @param maxBody bytes a request body may have
 * @param maxConnections connections open at the same time; further ones wait in the system's queue
 */
public record HttpOptions(Listen listen, List<String> basePath, long maxBody, int maxConnections) {
  public HttpOptions {
    basePath = List.copyOf(basePath);
  }
}
