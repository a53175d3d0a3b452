package dev.orrery.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.JsonFields;
import dev.orrery.kernel.message.MalformedMessageException;
import dev.orrery.kernel.message.Message;
import dev.orrery.kernel.wire.MessageFormat;
import dev.orrery.kernel.wire.MessageSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A kernel that does what its cells say, on somebody else's ZeroMQ. Started as {@code FakeKernel
 * <connection file> <mode>}; the mode is {@code normal}, {@code mute} (listens and never answers)
 * or {@code stubborn} (does not end when asked). Cells: {@code echo <text>}, {@code flood <count>},
 * {@code blob <bytes>}, {@code until <file>} (says that it waits for it, and that it is there),
 * {@code input}, {@code hang} (until interrupted), {@code die}, {@code say <JSON>} (a display).
 */
public final class FakeKernel {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final ZMQ.Socket shell;
  private final ZMQ.Socket control;
  private final ZMQ.Socket stdin;
  private final ZMQ.Socket iopub;
  private final ZMQ.Poller poller;
  private final MessageFormat format;
  private final String mode;
  private boolean ended;
  private int count;

  private FakeKernel(ZContext zmq, JsonNode connection, String mode) {
    this.mode = mode;
    MessageSigner signer =
        new MessageSigner(
            connection.path("signature_scheme").asString(), connection.path("key").asString());
    format = new MessageFormat(signer);
    shell = bind(zmq, SocketType.ROUTER, connection, "shell_port");
    control = bind(zmq, SocketType.ROUTER, connection, "control_port");
    stdin = bind(zmq, SocketType.ROUTER, connection, "stdin_port");
    iopub = bind(zmq, SocketType.PUB, connection, "iopub_port");
    poller = zmq.createPoller(2);
    poller.register(control, ZMQ.Poller.POLLIN);
    poller.register(shell, ZMQ.Poller.POLLIN);
  }

  /** What to write into a kernelspec as {@code argv}; the class path is that of this process. */
  public static List<String> command(String mode) {
    String ignored = mode.equals("stubborn") ? "INT TERM" : "INT";
    return List.of(
        "/bin/sh",
        "-c",
        "trap '' " + ignored + "; exec \"$0\" \"$@\"",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx128m",
        "-cp",
        System.getProperty("java.class.path"),
        FakeKernel.class.getName(),
        "{connection_file}",
        mode);
  }

  /** The process of the kernel. */
  public static void main(String[] args) throws IOException {
    JsonNode connection = JSON.readTree(Files.readAllBytes(Path.of(args[0])));
    try (var zmq = new ZContext()) {
      new FakeKernel(zmq, connection, args[1]).run();
    }
  }

  private static ZMQ.Socket bind(ZContext zmq, SocketType type, JsonNode connection, String port) {
    ZMQ.Socket socket = zmq.createSocket(type);
    socket.setHWM(0);
    socket.setLinger(500);
    if (type == SocketType.ROUTER) {
      // As ipykernel does.
      socket.setRouterHandover(true);
    }
    socket.bind("tcp://" + connection.path("ip").asString() + ":" + connection.path(port).asInt());
    return socket;
  }

  private void run() {
    publish("status", "{}".getBytes(UTF_8), "{\"execution_state\":\"starting\"}");
    while (!ended) {
      poller.poll(-1);
      if (poller.pollin(0)) {
        handle(control, Channel.CONTROL);
      } else if (poller.pollin(1)) {
        handle(shell, Channel.SHELL);
      }
    }
  }

  private void handle(ZMQ.Socket socket, Channel channel) {
    List<byte[]> parts = receive(socket);
    if (mode.equals("mute")) {
      return;
    }
    Message request;
    try {
      request = format.decode(channel, parts);
    } catch (MalformedMessageException e) {
      throw new IllegalStateException(e);
    }
    byte[] identity = parts.getFirst();
    status(request, "busy");
    switch (request.parsedHeader().msgType()) {
      case "kernel_info_request" ->
          reply(
              socket,
              identity,
              request,
              "kernel_info_reply",
              "{\"protocol_version\":\"5.4\",\"implementation\":\"fake\"}");
      case "shutdown_request" -> {
        reply(socket, identity, request, "shutdown_reply", "{\"restart\":false}");
        ended = !mode.equals("stubborn");
      }
      case "execute_request" ->
          execute(identity, request, JsonFields.string(request.content(), "code").split(" ", 2));
      default -> {}
    }
    status(request, "idle");
  }

  private void execute(byte[] identity, Message request, String[] code) {
    count++;
    publish("execute_input", request.header(), "{\"execution_count\":" + count + "}");
    switch (code[0]) {
      case "echo" -> stream(request, code[1]);
      case "flood" -> {
        for (int i = 0; i < Integer.parseInt(code[1]); i++) {
          publish("display_data", request.header(), "{\"data\":{\"n\":" + i + "}}");
        }
      }
      case "say" -> publish("display_data", request.header(), "{\"data\":" + code[1] + "}");
      case "streams" -> {
        for (int i = 0; i < Integer.parseInt(code[1]); i++) {
          stream(request, i + " ");
        }
      }
      case "blob" -> stream(request, "x".repeat(Integer.parseInt(code[1])));
      case "until" -> {
        stream(request, "waiting ");
        await(Path.of(code[1]));
        stream(request, "done");
      }
      case "input" -> stream(request, "got " + input(identity, request));
      case "hang" -> {
        receive(control);
        stream(request, "interrupted");
      }
      case "die" -> Runtime.getRuntime().halt(3);
      default -> {}
    }
    reply(
        shell,
        identity,
        request,
        "execute_reply",
        "{\"status\":\"ok\",\"execution_count\":" + count + "}");
  }

  private static void await(Path file) {
    while (!Files.exists(file)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private String input(byte[] identity, Message request) {
    reply(stdin, identity, request, "input_request", "{\"prompt\":\"?\",\"password\":false}");
    try {
      return JsonFields.string(format.decode(Channel.STDIN, receive(stdin)).content(), "value");
    } catch (MalformedMessageException e) {
      throw new IllegalStateException(e);
    }
  }

  private void status(Message request, String state) {
    publish("status", request.header(), "{\"execution_state\":\"" + state + "\"}");
  }

  private void stream(Message request, String text) {
    publish("stream", request.header(), "{\"name\":\"stdout\",\"text\":\"" + text + "\"}");
  }

  private void publish(String type, byte[] parentHeader, String content) {
    Message message =
        Message.create(Channel.IOPUB, type, "fake", parentHeader, content.getBytes(UTF_8));
    var parts = new ArrayList<byte[]>();
    parts.add(("kernel." + type).getBytes(UTF_8));
    parts.addAll(format.encode(message));
    send(iopub, parts);
  }

  private void reply(
      ZMQ.Socket socket, byte[] identity, Message request, String type, String content) {
    Message message =
        Message.create(Channel.SHELL, type, "fake", request.header(), content.getBytes(UTF_8));
    var parts = new ArrayList<byte[]>();
    parts.add(identity);
    parts.addAll(format.encode(message));
    send(socket, parts);
  }

  private static List<byte[]> receive(ZMQ.Socket socket) {
    var parts = new ArrayList<byte[]>();
    do {
      parts.add(socket.recv());
    } while (socket.hasReceiveMore());
    return parts;
  }

  private static void send(ZMQ.Socket socket, List<byte[]> parts) {
    for (int i = 0; i < parts.size(); i++) {
      socket.send(parts.get(i), i + 1 < parts.size() ? ZMQ.SNDMORE : 0);
    }
  }
}
