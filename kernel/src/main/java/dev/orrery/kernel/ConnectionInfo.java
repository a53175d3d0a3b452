package dev.orrery.kernel;

import dev.orrery.kernel.KernelSettings.Transport;
import dev.orrery.kernel.message.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
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
  private static final Map<Channel, String> PORTS =
      new EnumMap<>(
          Map.of(
              Channel.SHELL, "shell_port",
              Channel.IOPUB, "iopub_port",
              Channel.STDIN, "stdin_port",
              Channel.CONTROL, "control_port"));

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
    ObjectNode json = toJson();
    json.put("kernel_name", kernelName);
    json.put("jupyter_session", sessionName);
    PrivateFiles.replace(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }

  /** The fields that clients need. */
  ObjectNode toJson() {
    ObjectNode json = JSON.createObjectNode();
    PORTS.forEach((channel, name) -> json.put(name, port(channel)));
    json.put("hb_port", heartbeatPort);
    json.put("ip", ip);
    json.put("key", key);
    json.put("transport", transport.wireName());
    json.put("signature_scheme", scheme);
    return json;
  }

  /**
   * Reads the fields that clients need.
   *
   * @throws IOException when one is missing; the message says which
   */
  static ConnectionInfo of(JsonNode json) throws IOException {
    Map<Channel, Integer> ports = new EnumMap<>(Channel.class);
    for (Map.Entry<Channel, String> port : PORTS.entrySet()) {
      ports.put(port.getKey(), number(json, port.getValue()));
    }
    String transport = text(json, "transport");
    return new ConnectionInfo(
        transport.equals(Transport.IPC.wireName()) ? Transport.IPC : Transport.TCP,
        text(json, "ip"),
        ports,
        number(json, "hb_port"),
        text(json, "key"),
        text(json, "signature_scheme"));
  }

  private static int number(JsonNode json, String field) throws IOException {
    int value = json.path(field).asInt(0);
    if (value < 1 || value > 65_535) {
      throw new IOException("its " + field + " is no port: " + json.path(field));
    }
    return value;
  }

  private static String text(JsonNode json, String field) throws IOException {
    if (!json.path(field).isString()) {
      throw new IOException("it has no " + field);
    }
    return json.path(field).stringValue();
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
