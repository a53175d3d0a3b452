package dev.orrery.proxy.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend whose every word is the test's own. */
final class RawBackend implements AutoCloseable {

  /** What it does with one connection. */
  interface Script {
    void run(Connection connection) throws IOException;
  }

  /** One connection to it. */
  static final class Connection {
    private final InputStream in;
    private final OutputStream out;
    private final Socket socket;

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
    }

    /** The head of a request with its empty line; empty at the end of the connection. */
    String head() throws IOException {
      return until("\r\n\r\n");
    }

    String until(String mark) throws IOException {
      var text = new StringBuilder();
      while (text.indexOf(mark) < 0) {
        int next = in.read();
        if (next < 0) {
          return text.toString();
        }
        text.append((char) next);
      }
      return text.toString();
    }

    String read(int bytes) throws IOException {
      return new String(in.readNBytes(bytes), ISO_8859_1);
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(ISO_8859_1));
      out.flush();
    }

    InputStream in() {
      return in;
    }

    OutputStream out() {
      return out;
    }

    void close() throws IOException {
      socket.close();
    }

    /** Ends it as a process that was killed. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  private final ServerSocket server;
  private final AtomicInteger connections = new AtomicInteger();

  RawBackend(Script script) {
    try {
      server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("backend").start(() -> accept(script));
  }

  /** One that answers every request of a connection alike. */
  static RawBackend answering(String response) {
    return new RawBackend(connection -> {
      while (!connection.head().isEmpty()) {
        connection.send(response);
      }
    });
  }

  private void accept(Script script) {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        Thread.ofVirtual()
            .name("backend connection")
            .start(() -> {
              try (socket) {
                script.run(new Connection(socket));
              } catch (IOException e) {
                // The connection is gone; the test sees that at its own end.
              }
            });
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  int connections() {
    return connections.get();
  }

  String target() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
