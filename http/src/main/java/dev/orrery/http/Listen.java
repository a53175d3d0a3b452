package dev.orrery.http;

import java.nio.file.Path;

/** Where a server listens. */
public sealed interface Listen {

  /**
   * A TCP port.
   *
   * @param host an address or host name; empty for all interfaces
   * @param port 0 for any free one
   */
  record Tcp(String host, int port) implements Listen {}

  /**
   * A unix socket.
   *
   * @param path of the socket; a socket left there by a killed server is replaced
   * @param mode permission bits of the socket
   */
  record Unix(Path path, int mode) implements Listen {}
}
