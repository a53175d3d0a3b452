package dev.orrery.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One connection that says exactly what it is told to: what polite clients can't say. */
final class RawHttp implements AutoCloseable {

  /** An answer as it came. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared: it is what came.
  record Answer(int status, Map<String, String> headers, byte[] bytes) {
    String body() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name));
    }
  }

  private static final int PATIENCE_MILLIS = 60_000;

  private final Socket socket;
  private final InputStream in;

  RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends text byte by byte as ISO 8859-1; {@code \n} is sent as it is. */
  RawHttp send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawHttp send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends a request without body, with the header every request needs. */
  RawHttp request(String method, String target, String... headers) throws IOException {
    var text = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return send(text.append("\r\n").toString());
  }

  Answer answer() throws IOException {
    return answer(false);
  }

  /** The answer to a HEAD, or to a handshake: no body whatever its headers say. */
  Answer answerWithoutBody() throws IOException {
    return answer(true);
  }

  private Answer answer(boolean head) throws IOException {
    String status = line();
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.merge(line.substring(0, colon), line.substring(colon + 1).strip(), (a, b) -> a + b);
    }
    int code = Integer.parseInt(status.split(" ", 3)[1]);
    byte[] body = new byte[0];
    if (!head && code != 204 && code != 304 && code >= 200) {
      String length = headers.get("Content-Length");
      if (length != null) {
        body = in.readNBytes(Integer.parseInt(length));
      } else if ("chunked".equalsIgnoreCase(headers.get("Transfer-Encoding"))) {
        body = chunks();
      } else {
        body = in.readAllBytes();
      }
    }
    return new Answer(code, headers, body);
  }

  private byte[] chunks() throws IOException {
    var body = new ByteArrayOutputStream();
    while (true) {
      int length = Integer.parseInt(line().toLowerCase(Locale.ROOT), 16);
      body.write(in.readNBytes(length));
      line();
      if (length == 0) {
        return body.toByteArray();
      }
    }
  }

  private String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("The connection ended after '" + line + "'");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  /** One byte, waiting for it. */
  int read() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("The connection ended");
    }
    return b;
  }

  byte[] read(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("The connection ended after " + bytes.length + " bytes");
    }
    return bytes;
  }

  /** Whether the other end closes without saying more; waits for it. */
  boolean isClosedByPeer() throws IOException {
    try {
      return in.read() < 0;
    } catch (java.net.SocketException e) {
      // A reset is a close as well.
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
