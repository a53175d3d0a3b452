package dev.orrery.proxy.danger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;

/** A client that says exactly what it is told to. Every wait ends after ten seconds. */
final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 10_000;

  /**
   * What came back.
   *
   * @param status 0 when the connection ended instead
   * @param whole whether it came to its end
   */
  record Response(int status, String head, String body, boolean whole) {

    static final Response CLOSED = new Response(0, "", "", false);

    List<String> header(String name) {
      return new RawBackend.Request(head, "").header(name);
    }

    /** Refused: a 4xx, a 501 or 505 about the request itself, or a closed connection. */
    boolean refuses() {
      return status == 0 || status / 100 == 4 || status == 501 || status == 505;
    }

    boolean closes() {
      return status == 0
          || header("Connection").stream()
              .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("close"));
    }
  }

  private final Socket socket = new Socket();
  private final InputStream in;

  RawClient(int port) throws IOException {
    // Before connecting: it bounds what the other side may send unread.
    socket.setReceiveBufferSize(64 * 1024);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Ends our half of the connection. */
  RawClient end() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Goes away as a process that was killed with unread data. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  Response response() throws IOException {
    return response(false);
  }

  /** The response to a HEAD, or a 101. */
  Response responseWithoutBody() throws IOException {
    return response(true);
  }

  private Response response(boolean headOnly) throws IOException {
    try {
      return readResponse(headOnly);
    } catch (SocketException e) {
      // Reset: the proxy closed while something was unread.
      return Response.CLOSED;
    }
  }

  private Response readResponse(boolean headOnly) throws IOException {
    var head = new StringBuilder();
    for (String line = line(); !line.equals("\r\n"); line = line()) {
      if (line.isEmpty()) {
        return head.isEmpty() ? Response.CLOSED : new Response(0, head.toString(), "", false);
      }
      head.append(line);
    }
    var bare = new Response(statusOf(head), head.toString(), "", true);
    if (headOnly || bare.status() / 100 == 1 || bare.status() == 204 || bare.status() == 304) {
      return bare;
    }
    if (!bare.header("Transfer-Encoding").isEmpty()) {
      return chunked(bare);
    }
    if (bare.header("Content-Length").isEmpty()) {
      return new Response(bare.status(), bare.head(), rest(), true);
    }
    int length = Integer.parseInt(bare.header("Content-Length").getFirst());
    byte[] body = in.readNBytes(length);
    return new Response(
        bare.status(), bare.head(), new String(body, ISO_8859_1), body.length == length);
  }

  private static int statusOf(StringBuilder head) {
    String[] words = head.toString().split(" ", 3);
    return words.length > 1 && words[1].strip().matches("[0-9]{3}")
        ? Integer.parseInt(words[1].strip())
        : 0;
  }

  private Response chunked(Response bare) throws IOException {
    var body = new StringBuilder();
    while (true) {
      String line = line().strip();
      if (!line.matches("[0-9a-fA-F]+")) {
        return new Response(bare.status(), bare.head(), body.toString(), false);
      }
      int size = Integer.parseInt(line, 16);
      if (size == 0) {
        String trailer = line();
        while (!trailer.strip().isEmpty()) {
          trailer = line();
        }
        return new Response(bare.status(), bare.head(), body.toString(), !trailer.isEmpty());
      }
      byte[] bytes = in.readNBytes(size);
      body.append(new String(bytes, ISO_8859_1));
      if (bytes.length < size) {
        return new Response(bare.status(), bare.head(), body.toString(), false);
      }
      line();
    }
  }

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
    return new String(in.readNBytes(bytes), ISO_8859_1);
  }

  /** Everything until the other side closes. */
  String rest() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try {
      in.transferTo(bytes);
    } catch (SocketException e) {
      // Reset, which is an end too.
    }
    return bytes.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
