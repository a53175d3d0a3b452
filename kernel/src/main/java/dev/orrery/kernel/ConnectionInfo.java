package dev.orrery.kernel;

import dev.orrery.kernel.KernelSettings.Transport;
import dev.orrery.kernel.message.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where one kernel's channels are, and the key of its messages: the content of a connection file.
 *
 * @param ip address for TCP, path prefix for ipc
 * @param ports port, or suffix of the path, of each channel
 * @param heartbeatPort where the kernel echoes; we do not use it
 * @param key signs messages
 */
record ConnectionInfo(
    Transport transport,
    String ip,
    Map<Channel, Integer> ports,
    int heartbeatPort,
    String key,
    String scheme) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  ConnectionInfo {
    ports = Map.copyOf(ports);
  }

  /** Where to connect for a channel. */
  SocketAddress address(Channel channel) {
    int port = port(channel);
    return switch (transport) {
      case TCP -> new InetSocketAddress(ip, port);
      case IPC -> UnixDomainSocketAddress.of(ip + "-" + port);
    };
  }

  ConnectionInfo withPortsOf(ConnectionInfo other) {
    return new ConnectionInfo(transport, ip, other.ports, other.heartbeatPort, key, scheme);
  }

  /** Writes the file under its final name at once, readable by its owner only. */
  void write(Path file, String kernelName, String sessionName) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("shell_port", port(Channel.SHELL));
    json.put("iopub_port", port(Channel.IOPUB));
    json.put("stdin_port", port(Channel.STDIN));
    json.put("control_port", port(Channel.CONTROL));
    json.put("hb_port", heartbeatPort);
    json.put("ip", ip);
    json.put("key", key);
    json.put("transport", transport.wireName());
    json.put("signature_scheme", scheme);
    json.put("kernel_name", kernelName);
    json.put("jupyter_session", sessionName);
    Path directory = file.toAbsolutePath().getParent();
    Path partial =
        Files.createTempFile(
            directory,
            ".kernel-",
            ".json",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.write(partial, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** Removes the sockets a kernel leaves behind with ipc. */
  void deleteSockets() {
    if (transport == Transport.IPC) {
      ports.values().forEach(this::deleteSocket);
      deleteSocket(heartbeatPort);
    }
  }

  private void deleteSocket(int port) {
    try {
      Files.deleteIfExists(Path.of(ip + "-" + port));
    } catch (IOException e) {
      System.getLogger(ConnectionInfo.class.getName())
          .log(System.Logger.Level.DEBUG, "A socket of a kernel could not be removed", e);
    }
  }

  private int port(Channel channel) {
    return ports.getOrDefault(channel, 0);
  }
}
