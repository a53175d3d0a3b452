package dev.orrery.proxy.danger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A backend that reads requests by the letter of RFC 9112, remembers each, and answers what the
 * test says, well-formed or not.
 */
final class RawBackend implements AutoCloseable {

  static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  /** A request as it came: its head with the empty line, and its body without chunk framing. */
  record Request(String head, String body) {

    /** Something that is no request; no proxy may send it. */
    static Request malformed(String bytes) {
      return new Request("MALFORMED " + bytes, "");
    }

    String target() {
      String[] words = head.split(" ", 3);
      return words.length < 3 ? head : words[1];
    }

    List<String> header(String name) {
      String wanted = name.toLowerCase(Locale.ROOT) + ":";
      return head.lines()
          .skip(1)
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(wanted))
          .map(line -> line.substring(wanted.length()).strip())
          .toList();
    }
  }

  /** What it does with one connection. */
  interface Script {
    void run(Connection connection) throws IOException;
  }

  private final ServerSocket server;
  private final Thread accepting;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * Listens.
   *
   * @param port 0 for any
   */
  RawBackend(int port, Script script) throws IOException {
    server = new ServerSocket();
    server.setReuseAddress(true);
    // Small, so that what a test sends is soon more than sockets hold; sizes of accepted ones
    // follow.
    server.setReceiveBufferSize(64 * 1024);
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
    accepting = Thread.ofVirtual().name("backend").start(() -> accept(script));
  }

  /** Answers every request of a connection alike. */
  static Script answering(String response) {
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

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  /** All requests so far, of all connections. */
  List<Request> requests() {
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
  static final class Connection {
    private final Socket socket;
    private final InputStream in;
    private final List<Request> requests;

    private Connection(Socket socket, List<Request> requests) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.requests = requests;
    }

    /** Reads a request with its body; nothing when there is none, or what there is is malformed. */
    Optional<Request> request() throws IOException {
      Optional<Request> head = head();
      if (head.isEmpty()) {
        return head;
      }
      Request request = new Request(head.get().head(), body(head.get()));
      requests.remove(requests.lastIndexOf(head.get()));
      requests.add(request);
      return Optional.of(request);
    }

    /** Reads a request up to its body. */
    Optional<Request> head() throws IOException {
      var head = new StringBuilder();
      for (String line = line(); !line.isEmpty(); line = line()) {
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
        String line = line().strip();
        int size = line.matches("[0-9a-fA-F]{1,7}") ? Integer.parseInt(line, 16) : -1;
        if (size < 0) {
          requests.add(Request.malformed("chunk '" + line + "'"));
          throw new IOException("No chunk: " + line);
        }
        if (size == 0) {
          while (!line().strip().isEmpty()) {
            // Trailers.
          }
          return body.toString();
        }
        body.append(read(size));
        line();
      }
    }

    /** A line with its end; empty at the end of the connection. */
    private String line() throws IOException {
      var line = new ByteArrayOutputStream();
      int next = in.read();
      while (next >= 0) {
        line.write(next);
        if (next == '\n') {
          break;
        }
        next = in.read();
      }
      return line.toString(ISO_8859_1);
    }

    String read(int bytes) throws IOException {
      byte[] read = in.readNBytes(bytes);
      if (read.length < bytes) {
        throw new IOException("The connection ended after " + read.length + " of " + bytes);
      }
      return new String(read, ISO_8859_1);
    }

    /** Reads what comes, which is no request, until the proxy ends the connection. */
    void drain() throws IOException {
      while (in.read() >= 0) {
        // Bytes of a body.
      }
    }

    /** Whether nothing but the end comes. */
    boolean ended() throws IOException {
      return in.read() < 0;
    }

    void send(String text) throws IOException {
      send(text.getBytes(ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }
  }
}
