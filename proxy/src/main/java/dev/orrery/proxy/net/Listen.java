package dev.orrery.proxy.net;

import java.nio.file.Path;

/** Where to listen. */
public sealed interface Listen {

  /**
   * On an address and port.
   *
   * @param ip a name or address; empty for every address of this machine
   * @param port 0 for any that is free
   */
  record Tcp(String ip, int port) implements Listen {}

  /** On a unix socket, which is made. */
  record Unix(Path path) implements Listen {}
}
