package dev.orrery.proxy.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Locale;

/** What comes over a connection, as bytes that are letters of ISO-8859-1. */
final class Incoming {

  private final InputStream in;

  Incoming(Socket socket) throws IOException {
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** The values that a head has for a name. */
  static List<String> header(String head, String name) {
    String wanted = name.toLowerCase(Locale.ROOT) + ":";
    return head.lines()
        .skip(1)
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(wanted))
        .map(line -> line.substring(wanted.length()).strip())
        .toList();
  }

  /** A line with its end; empty at the end of the connection. */
  String line() throws IOException {
    return until("\n");
  }

  /** Everything up to and with {@code mark}, or to the end when it does not come. */
  String until(String mark) throws IOException {
    var text = new StringBuilder();
    while (text.length() < mark.length() || text.indexOf(mark, text.length() - mark.length()) < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      text.append((char) next);
    }
    return text.toString();
  }

  /** So many bytes, or those that come before the end. */
  String read(int bytes) throws IOException {
    return new String(in.readNBytes(bytes), ISO_8859_1);
  }

  void skip(long bytes) throws IOException {
    in.skipNBytes(bytes);
  }

  /** Everything to the end, which is no reset. */
  String toEnd() throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  /** Everything to the end, which may be a reset. */
  String toEndOrReset() throws IOException {
    var text = new StringBuilder();
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        text.append((char) next);
      }
    } catch (SocketException e) {
      // What came before it came.
    }
    return text.toString();
  }

  /** Whether nothing but the end comes, which is no reset. */
  boolean isEnded() throws IOException {
    return in.read() < 0;
  }
}
