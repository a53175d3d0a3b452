package dev.orrery.conformance.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** One end of a connection, with HTTP/1.1 as it looks on the wire. */
final class Wire implements Closeable {

  /** Gets a body as it comes. */
  interface Sink {
    void take(byte[] block, int count) throws IOException;
  }

  /** Who says nothing for so long has forgotten us. */
  static final Duration HANG = Duration.ofSeconds(30);

  private static final int MAX_HEAD = 16 * 1024;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /** Takes a connection that is open. */
  Wire(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), Content.BLOCK);
    this.out = new BufferedOutputStream(socket.getOutputStream(), Content.BLOCK);
  }

  /** Connects to a port of this machine. */
  static Wire to(int port) throws IOException {
    var socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) HANG.toMillis());
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), (int) HANG.toMillis());
      return new Wire(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  InputStream in() {
    return in;
  }

  OutputStream out() {
    return out;
  }

  void send(String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
  }

  /** How long one read may wait. */
  void waitAtMost(Duration limit) throws IOException {
    socket.setSoTimeout((int) limit.toMillis());
  }

  /** Says that nothing more comes; what the other side says can still be read. */
  void endOutput() throws IOException {
    out.flush();
    socket.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** Goes without a word: what is under way in either direction is lost. */
  void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It was closed already, which is as good.
    }
  }

  /** Whether there is a message, and not the end of the connection; waits for either. */
  boolean hasNext() throws IOException {
    in.mark(1);
    boolean next = in.read() >= 0;
    if (next) {
      in.reset();
    }
    return next;
  }

  Head head() throws IOException {
    var text = new StringBuilder();
    while (text.length() < 4 || text.indexOf("\r\n\r\n", text.length() - 4) < 0) {
      text.append((char) next());
      if (text.length() > MAX_HEAD) {
        throw new IOException("A head without an end");
      }
    }
    return Head.parse(text.toString());
  }

  /** The head of the answer; those before it that only say that it will come are passed over. */
  Head answer() throws IOException {
    Head head = head();
    while (head.status() < 200 && head.status() != 101) {
      head = head();
    }
    return head;
  }

  int next() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("The connection ended in the middle");
    }
    return next;
  }

  /**
   * Reads the body that belongs to a head; where neither length nor chunks are told, to the end.
   */
  void readBody(Head head, Sink sink) throws IOException {
    if (head.isChunked()) {
      for (long size = chunkSize(); size > 0; size = chunkSize()) {
        readExactly(size, sink);
        line();
      }
      line();
    } else if (!head.field("content-length").isEmpty()) {
      readExactly(Long.parseLong(head.field("content-length")), sink);
    } else {
      byte[] block = new byte[Content.BLOCK];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        sink.take(block, count);
      }
    }
  }

  void readExactly(long size, Sink sink) throws IOException {
    byte[] block = new byte[(int) Math.min(size, Content.BLOCK)];
    long left = size;
    while (left > 0) {
      int count = in.read(block, 0, (int) Math.min(left, block.length));
      if (count < 0) {
        throw new EOFException(left + " of " + size + " bytes are missing");
      }
      sink.take(block, count);
      left -= count;
    }
  }

  private long chunkSize() throws IOException {
    return Long.parseLong(line(), 16);
  }

  private String line() throws IOException {
    var text = new StringBuilder();
    for (int next = next(); next != '\n'; next = next()) {
      text.append((char) next);
    }
    return text.toString().strip();
  }

  /** Writes the part {@code [from, to)} of a body as one chunk. */
  void writeChunk(long id, long from, long to) throws IOException {
    out.write((Long.toHexString(to - from) + "\r\n").getBytes(ISO_8859_1));
    Content.write(out, id, from, to);
    out.write("\r\n".getBytes(ISO_8859_1));
  }
}
