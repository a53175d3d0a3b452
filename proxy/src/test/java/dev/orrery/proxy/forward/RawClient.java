package dev.orrery.proxy.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;

/** A client that says exactly what it is told to. */
final class RawClient implements AutoCloseable {

  private static final int PATIENCE_MS = 10_000;

  private final Socket socket;

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MS);
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

  /** Everything up to and with the empty line after the headers. */
  String head() throws IOException {
    return until("\r\n\r\n");
  }

  /** Everything up to and with {@code mark}, or to the end when it does not come. */
  String until(String mark) throws IOException {
    var text = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (text.indexOf(mark) < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      text.append((char) next);
    }
    return text.toString();
  }

  String read(int bytes) throws IOException {
    byte[] read = socket.getInputStream().readNBytes(bytes);
    return new String(read, ISO_8859_1);
  }

  /** Everything until the other side closes. */
  String all() throws IOException {
    var bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[64 * 1024];
    InputStream in = socket.getInputStream();
    while (true) {
      int count = in.read(buffer);
      if (count < 0) {
        return bytes.toString(ISO_8859_1);
      }
      bytes.writeBytes(Arrays.copyOf(buffer, count));
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
