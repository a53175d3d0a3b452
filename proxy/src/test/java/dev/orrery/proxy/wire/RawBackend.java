package dev.orrery.proxy.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend that reads requests by the letter of RFC 9112, remembers each, and answers what the
 * test says, well-formed or not.
 */
public final class RawBackend implements AutoCloseable {

  /** A whole answer. */
  public static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  /** A request as it came: its head with the empty line, and its body without chunk framing. */
  public record Request(String head, String body) {

    /** Something that is no request; no proxy may send it. */
    static Request malformed(String bytes) {
      return new Request("MALFORMED " + bytes, "");
    }

    /** What the first line asks for. */
    public String target() {
      String[] words = head.split(" ", 3);
      return words.length < 3 ? head : words[1];
    }

    /** The values of a header. */
    public List<String> header(String name) {
      return Incoming.header(head, name);
    }
  }

  /** What it does with one connection. */
  @FunctionalInterface
  public interface Script {
    /** Says and hears; the connection ends with it. */
    void run(Connection connection) throws IOException;
  }

  private final ServerSocket server;
  private final Thread accepting;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  /** Listens on a free port. */
  public RawBackend(Script script) throws IOException {
    this(0, script);
  }

  /** Listens on a port; 0 is any. */
  public RawBackend(int port, Script script) throws IOException {
    server = new ServerSocket();
    server.setReuseAddress(true);
    // Small, so that what a test sends is soon more than sockets hold; sizes of accepted ones
    // follow.
    server.setReceiveBufferSize(64 * 1024);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
    accepting = Thread.ofVirtual().name("backend").start(() -> accept(script));
  }

  /** Answers every request of a connection alike. */
  public static Script answering(String response) {
    return connection -> {
      while (connection.request().isPresent()) {
        connection.send(response);
      }
    };
  }

  private void accept(Script script) {
    while (true) {
      Socket socket;
      try {
        socket = server.accept();
      } catch (IOException e) {
        return;
      }
      connections.incrementAndGet();
      Thread.ofVirtual().name("backend connection").start(() -> serve(socket, script));
    }
  }

  private void serve(Socket socket, Script script) {
    try (socket) {
      socket.setTcpNoDelay(true);
      script.run(new Connection(socket, requests));
    } catch (IOException e) {
      // The proxy ended the connection, which a test sees from its own side.
    }
  }

  /** What leads a route here. */
  public String target() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** How many there were. */
  public int connections() {
    return connections.get();
  }

  /** All requests so far, of all connections. */
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      // The port is free again once nobody waits at it.
      accepting.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One connection to it. */
  public static final class Connection {
    private final Socket socket;
    private final Incoming in;
    private final List<Request> requests;

    private Connection(Socket socket, List<Request> requests) throws IOException {
      this.socket = socket;
      this.in = new Incoming(socket);
      this.requests = requests;
    }

    /** Reads a request with its body; nothing when there is none, or what there is is malformed. */
    public Optional<Request> request() throws IOException {
      Optional<Request> head = head();
      if (head.isEmpty()) {
        return head;
      }
      Request request = new Request(head.get().head(), body(head.get()));
      requests.set(requests.lastIndexOf(head.get()), request);
      return Optional.of(request);
    }

    /** Reads a request up to its body. */
    public Optional<Request> head() throws IOException {
      var head = new StringBuilder();
      for (String line = in.line(); !line.isEmpty(); line = in.line()) {
        head.append(line);
        if (line.equals("\r\n")) {
          var request = new Request(head.toString(), "");
          requests.add(request);
          return Optional.of(request);
        }
        if (!line.endsWith("\r\n")
            || line.startsWith(" ")
            || line.startsWith("\t")
            || line.indexOf('\r') < line.length() - 2
            || line.indexOf('\0') >= 0) {
          break;
        }
      }
      if (!head.isEmpty()) {
        requests.add(Request.malformed(head.toString()));
      }
      return Optional.empty();
    }

    private String body(Request request) throws IOException {
      List<String> lengths = request.header("Content-Length");
      List<String> codings = request.header("Transfer-Encoding");
      if (lengths.size() + codings.size() > 1) {
        requests.add(Request.malformed(request.head()));
        return "";
      }
      if (!lengths.isEmpty()) {
        return read(Integer.parseInt(lengths.getFirst()));
      }
      return codings.isEmpty() ? "" : chunks();
    }

    private String chunks() throws IOException {
      var body = new StringBuilder();
      while (true) {
        String line = in.line().strip();
        int size = line.matches("[0-9a-fA-F]{1,7}") ? Integer.parseInt(line, 16) : -1;
        if (size < 0) {
          requests.add(Request.malformed("chunk '" + line + "'"));
          throw new IOException("No chunk: " + line);
        }
        if (size == 0) {
          while (!in.line().strip().isEmpty()) {
            // Trailers.
          }
          return body.toString();
        }
        body.append(read(size));
        in.line();
      }
    }

    /** So many bytes of a body. */
    public String read(int bytes) throws IOException {
      String read = in.read(bytes);
      if (read.length() < bytes) {
        throw new IOException("The connection ended after " + read.length() + " of " + bytes);
      }
      return read;
    }

    /** Reads so many bytes of a body and forgets them. */
    public void skip(long bytes) throws IOException {
      in.skip(bytes);
    }

    /** Everything up to and with {@code mark}, or to the end when it does not come. */
    public String until(String mark) throws IOException {
      return in.until(mark);
    }

    /** Everything until the proxy ends the connection; a reset is a failure. */
    public String toEnd() throws IOException {
      return in.toEnd();
    }

    /** Whether nothing but the end comes; a reset is a failure. */
    public boolean isEnded() throws IOException {
      return in.isEnded();
    }

    /** Says it, in ISO-8859-1. */
    public void send(String text) throws IOException {
      send(text.getBytes(ISO_8859_1));
    }

    /** Says it. */
    public void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /** Ends it as a process that was killed. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
