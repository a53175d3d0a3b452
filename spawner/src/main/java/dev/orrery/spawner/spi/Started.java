package dev.orrery.spawner.spi;

import static java.util.Objects.requireNonNull;

import java.net.URI;

/**
 * A server that can be tried.
 *
 * @param url scheme, host and port as the hub and the proxy reach it, without a path
 */
public record Started(URI url) {

  public Started {
    requireNonNull(url, "url");
  }
}
