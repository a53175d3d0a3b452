package dev.orrery.proxy.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client of HTTP/2 that sends exactly the frames it is told to. RFC 9113. */
final class RawHttp2 implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;

  static final int NO_ERROR = 0;
  static final int PROTOCOL_ERROR = 1;
  static final int INTERNAL_ERROR = 2;

  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int CONTINUATION = 9;
  private static final int MAX_FRAME = 16_384;
  private static final int END_HEADERS = 4;
  private static final int PATIENCE_MS = 60_000;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  /** A frame as it came. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Frame(int type, int flags, int stream, byte[] payload) {

    boolean ends() {
      return (flags & END_STREAM) != 0;
    }

    int number() {
      return ByteBuffer.wrap(payload).getInt();
    }

    String text() {
      return new String(payload, ISO_8859_1);
    }
  }

  /** Connects and says which settings, identifiers and values, it has. */
  RawHttp2(SSLContext context, int port, int... settings) throws IOException {
    socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MS);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    if (!"h2".equals(socket.getApplicationProtocol())) {
      throw new IOException("HTTP/2 is not spoken");
    }
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
    var payload = ByteBuffer.allocate(settings.length / 2 * 6);
    for (int i = 0; i < settings.length; i += 2) {
      payload.putShort((short) settings[i]).putInt(settings[i + 1]);
    }
    send(SETTINGS, 0, 0, payload.array());
  }

  void send(int type, int flags, int stream, byte[] payload) throws IOException {
    var frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
    out.flush();
  }

  /**
   * A head, names and values as they are given: literals that no table remembers, RFC 7541, 6.2.2.
   */
  void headers(int stream, boolean end, String... namesAndValues) throws IOException {
    var block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.write(0);
      string(block, namesAndValues[i]);
      string(block, namesAndValues[i + 1]);
    }
    byte[] all = block.toByteArray();
    for (int from = 0; from == 0 || from < all.length; from += MAX_FRAME) {
      int to = Math.min(all.length, from + MAX_FRAME);
      int flags = (to == all.length ? END_HEADERS : 0) | (from == 0 && end ? END_STREAM : 0);
      send(from == 0 ? HEADERS : CONTINUATION, flags, stream, Arrays.copyOfRange(all, from, to));
    }
  }

  private static void string(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    int length = bytes.length;
    if (length < 127) {
      block.write(length);
    } else {
      block.write(127);
      int rest = length - 127;
      while (rest >= 128) {
        block.write(rest % 128 | 128);
        rest /= 128;
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  /** A request without a body. */
  void get(int stream, String path) throws IOException {
    headers(stream, true, ":method", "GET", ":scheme", "https", ":authority", "h", ":path", path);
  }

  /** The head of a request with a body that is as long as it says. */
  void post(int stream, int contentLength) throws IOException {
    headers(
        stream,
        false,
        ":method",
        "POST",
        ":scheme",
        "https",
        ":authority",
        "h",
        ":path",
        "/",
        "content-length",
        Integer.toString(contentLength));
  }

  void data(int stream, boolean end, String text) throws IOException {
    send(DATA, end ? END_STREAM : 0, stream, text.getBytes(ISO_8859_1));
  }

  void reset(int stream) throws IOException {
    send(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
  }

  void window(int stream, int more) throws IOException {
    send(WINDOW_UPDATE, 0, stream, ByteBuffer.allocate(4).putInt(more).array());
  }

  /** The next frame, settings acknowledged on the way. */
  Frame next() throws IOException {
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    if (type == SETTINGS && (flags & ACK) == 0) {
      send(SETTINGS, ACK, 0, new byte[0]);
    }
    return new Frame(type, flags, stream, payload);
  }

  Frame next(Predicate<Frame> wanted) throws IOException {
    Frame frame = next();
    while (!wanted.test(frame)) {
      frame = next();
    }
    return frame;
  }

  /** The next frame of a stream that is no window update. */
  Frame of(int stream) throws IOException {
    return next(frame -> frame.stream() == stream && frame.type() != WINDOW_UPDATE);
  }

  /** The headers of the next answer on a stream. */
  Http2Headers answer(int stream) throws IOException {
    Frame frame = of(stream);
    if (frame.type() != HEADERS) {
      throw new IOException("headers are expected, not " + frame);
    }
    return decoded(frame);
  }

  Http2Headers decoded(Frame headers) throws IOException {
    ByteBuf block = Unpooled.wrappedBuffer(headers.payload());
    try {
      return decoder.decodeHeaders(headers.stream(), block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /** Everything of the body of an answer. */
  String body(int stream) throws IOException {
    var text = new StringBuilder();
    while (true) {
      Frame frame = of(stream);
      if (frame.type() != DATA) {
        throw new IOException("data is expected, not " + frame);
      }
      text.append(frame.text());
      if (frame.ends()) {
        return text.toString();
      }
    }
  }

  /** Reads to the end of the connection; whether it said goodbye. */
  boolean isEnded() throws IOException {
    boolean goodbye = false;
    try {
      while (true) {
        goodbye |= next().type() == GOAWAY;
      }
    } catch (EOFException e) {
      return goodbye;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
