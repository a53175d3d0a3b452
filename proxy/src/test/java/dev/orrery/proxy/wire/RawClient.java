package dev.orrery.proxy.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;

/** A client that says exactly what it is told to. Every wait ends after ten seconds. */
public final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 60_000;

  /**
   * What came back.
   *
   * @param status 0 when the connection ended instead
   * @param whole whether it came to its end
   */
  public record Response(int status, String head, String body, boolean whole) {

    private static final Response CLOSED = new Response(0, "", "", false);

    /** The values of a header. */
    public List<String> header(String name) {
      return Incoming.header(head, name);
    }

    /** Refused: a 4xx, a 501 or 505 about the request itself, or a closed connection. */
    public boolean refuses() {
      return status == 0 || status / 100 == 4 || status == 501 || status == 505;
    }

    /** Nothing more comes after it. */
    public boolean closes() {
      return status == 0
          || header("Connection").stream()
              .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("close"));
    }
  }

  private final Socket socket;
  private final Incoming in;

  /** Connects to a port of this machine. */
  public RawClient(int port) throws IOException {
    this(connected(port));
  }

  /** Speaks over a connection that is there already, as one that is encrypted. */
  public RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new Incoming(socket);
  }

  private static Socket connected(int port) throws IOException {
    var socket = new Socket();
    // Before connecting: it bounds what the other side may send unread.
    socket.setReceiveBufferSize(64 * 1024);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    return socket;
  }

  /** Says it, in ISO-8859-1. */
  public RawClient send(String text) throws IOException {
    return send(text.getBytes(ISO_8859_1));
  }

  /** Says it. */
  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Ends our half of the connection. */
  public RawClient end() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Goes away as a process that was killed with unread data. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** The next response with its body. */
  public Response response() throws IOException {
    return response(false);
  }

  /** The response to a HEAD, or a 101. */
  public Response responseWithoutBody() throws IOException {
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
    String head = head();
    if (!head.endsWith("\r\n\r\n")) {
      return new Response(0, head, "", false);
    }
    var bare = new Response(statusOf(head), head, "", true);
    if (headOnly || bare.status() / 100 == 1 || bare.status() == 204 || bare.status() == 304) {
      return bare;
    }
    if (!bare.header("Transfer-Encoding").isEmpty()) {
      return chunked(bare);
    }
    if (bare.header("Content-Length").isEmpty()) {
      return new Response(bare.status(), bare.head(), toEndOrReset(), true);
    }
    int length = Integer.parseInt(bare.header("Content-Length").getFirst());
    String body = read(length);
    return new Response(bare.status(), bare.head(), body, body.length() == length);
  }

  private static int statusOf(String head) {
    String[] words = head.split(" ", 3);
    return words.length > 1 && words[1].strip().matches("[0-9]{3}")
        ? Integer.parseInt(words[1].strip())
        : 0;
  }

  private Response chunked(Response bare) throws IOException {
    var body = new StringBuilder();
    while (true) {
      String line = in.line().strip();
      if (!line.matches("[0-9a-fA-F]+")) {
        return new Response(bare.status(), bare.head(), body.toString(), false);
      }
      int size = Integer.parseInt(line, 16);
      if (size == 0) {
        String trailer = in.line();
        while (!trailer.strip().isEmpty()) {
          trailer = in.line();
        }
        return new Response(bare.status(), bare.head(), body.toString(), !trailer.isEmpty());
      }
      String chunk = read(size);
      body.append(chunk);
      if (chunk.length() < size) {
        return new Response(bare.status(), bare.head(), body.toString(), false);
      }
      in.line();
    }
  }

  /** Everything up to and with the empty line after the headers. */
  public String head() throws IOException {
    return until("\r\n\r\n");
  }

  /** Everything up to and with {@code mark}, or to the end when it does not come. */
  public String until(String mark) throws IOException {
    return in.until(mark);
  }

  /** So many bytes, or those that come before the end. */
  public String read(int bytes) throws IOException {
    return in.read(bytes);
  }

  /** Everything until the other side closes; a reset is a failure. */
  public String toEnd() throws IOException {
    return in.toEnd();
  }

  /** Everything until the other side closes or resets. */
  public String toEndOrReset() throws IOException {
    return in.toEndOrReset();
  }

  /** Whether nothing but the end comes, or a reset. */
  public boolean isEnded() throws IOException {
    try {
      return in.isEnded();
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
