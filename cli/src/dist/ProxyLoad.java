import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Backends and clients of a proxy: what it carries here is what its cache remembers as worth compiling. Ends when so
 * many requests and messages were carried, or when the time is up. Arguments: public port, port of the API, number,
 * seconds.
 */
public final class ProxyLoad {

  private static final String HEADERS =
      "Server: load\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\n"
          + "ETag: \"0123456789abcdef\"\r\nCache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\n";
  private static final byte[] SMALL = answer(1024);
  private static final byte[] LARGE = answer(100 * 1024);
  private static final byte[] SWITCH =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n".getBytes(ISO_8859_1);
  private static final byte[] FRAME = frame(256);
  private static final int PATIENCE_MS = 20_000;

  private final int port;
  private final int wanted;
  private final long end;
  private final AtomicInteger carried = new AtomicInteger();

  private ProxyLoad(int port, int wanted, long end) {
    this.port = port;
    this.wanted = wanted;
    this.end = end;
  }

  private boolean goesOn() {
    return carried.incrementAndGet() < wanted && System.nanoTime() < end;
  }

  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    String api = "http://127.0.0.1:" + arguments[1] + "/api/routes";
    long end = System.nanoTime() + Duration.ofSeconds(Long.parseLong(arguments[3])).toNanos();
    try (var server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        var client = HttpClient.newHttpClient();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(() -> accept(server, threads));
      String target = "{\"target\": \"http://127.0.0.1:" + server.getLocalPort() + "\"}";
      for (int i = 0; i < 50; i++) {
        var add = HttpRequest.newBuilder(URI.create(api + "/user/u" + i)).POST(BodyPublishers.ofString(target));
        client.send(add.build(), BodyHandlers.discarding());
      }
      var load = new ProxyLoad(port, Integer.parseInt(arguments[2]), end);
      List<Callable<Void>> clients = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String user = "/user/u" + i;
        clients.add(() -> load.ask("GET " + user + "/small?x=1", "", 1024));
        if (i % 5 == 0) {
          clients.add(() -> load.ask("GET " + user + "/large", "", 100 * 1024));
          clients.add(() -> load.ask("POST " + user + "/small", "x".repeat(1024), 1024));
          clients.add(() -> load.echo(user + "/socket"));
        }
      }
      for (Future<Void> one : threads.invokeAll(clients)) {
        one.get();
      }
      System.out.println(load.carried + " requests and messages");
      server.close();
    }
  }

  private static byte[] answer(int size) {
    return ("HTTP/1.1 200 OK\r\n" + HEADERS + "Content-Length: " + size + "\r\n\r\n" + "x".repeat(size))
        .getBytes(ISO_8859_1);
  }

  /** A final binary frame with a mask of zeros, so that it is its own echo. */
  private static byte[] frame(int size) {
    byte[] frame = new byte[8 + size];
    frame[0] = (byte) 0x82;
    frame[1] = (byte) (0x80 | 126);
    frame[2] = (byte) (size >> 8);
    frame[3] = (byte) size;
    return frame;
  }

  private static Void accept(ServerSocket server, ExecutorService threads) throws IOException {
    while (!server.isClosed()) {
      Socket socket = server.accept();
      threads.submit(() -> serve(socket));
    }
    return null;
  }

  private static Void serve(Socket socket) throws IOException {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (true) {
        String head = head(in);
        if (head.isEmpty()) {
          return null;
        }
        if (head.contains("/socket")) {
          out.write(SWITCH);
          in.transferTo(out);
          return null;
        }
        if (head.startsWith("POST")) {
          in.skipNBytes(1024);
        }
        out.write(head.contains("/large") ? LARGE : SMALL);
      }
    }
  }

  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** Asks the same as often as it can, for answers of so many bytes. */
  private Void ask(String start, String body, int length) throws IOException {
    byte[] request =
        (start
                + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n"
                + "Accept-Language: en\r\nCookie: _xsrf=0123456789abcdef; session=0123456789abcdef\r\n"
                + (body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n")
                + "\r\n"
                + body)
            .getBytes(ISO_8859_1);
    try (Socket socket = connect()) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (goesOn()) {
        socket.getOutputStream().write(request);
        String head = head(in);
        if (!head.startsWith("HTTP/1.1 200 ")) {
          throw new IOException("The proxy answered: " + head);
        }
        in.skipNBytes(length);
      }
      return null;
    }
  }

  private Void echo(String path) throws IOException {
    try (Socket socket = connect()) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dHJhaW4gdGhlIGNhY2hlIQ==\r\n\r\n")
                  .getBytes(ISO_8859_1));
      head(in);
      while (goesOn()) {
        socket.getOutputStream().write(FRAME);
        in.skipNBytes(FRAME.length);
      }
      return null;
    }
  }
}
