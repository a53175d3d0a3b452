package dev.orrery.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The client's end of a WebSocket, frame by frame, also frames no client should send. */
final class RawWebSocket implements AutoCloseable {

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  /** One frame from the server. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared: it is what came.
  record Frame(boolean last, int opcode, byte[] payload) {
    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    int closeCode() {
      return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
    }

    String closeReason() {
      return payload.length < 2
          ? ""
          : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
    }
  }

  final RawHttp http;
  final RawHttp.Answer handshake;

  RawWebSocket(RawHttp http, String target, String... headers) throws IOException {
    this.http = http;
    var all = new String[headers.length + 4];
    all[0] = "Connection: Upgrade";
    all[1] = "Upgrade: websocket";
    all[2] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    all[3] = "Sec-WebSocket-Version: 13";
    System.arraycopy(headers, 0, all, 4, headers.length);
    http.request("GET", target, all);
    handshake = http.answerWithoutBody();
  }

  RawWebSocket send(int opcode, String payload) throws IOException {
    return send(true, opcode, payload.getBytes(StandardCharsets.UTF_8), true);
  }

  RawWebSocket send(boolean last, int opcode, byte[] payload, boolean masked) throws IOException {
    var frame = ByteBuffer.allocate(payload.length + 14);
    frame.put((byte) ((last ? 0x80 : 0) | opcode));
    int mask = masked ? 0x80 : 0;
    if (payload.length < 126) {
      frame.put((byte) (mask | payload.length));
    } else if (payload.length < 65_536) {
      frame.put((byte) (mask | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (mask | 127)).putLong(payload.length);
    }
    byte[] key = {1, 2, 3, 4};
    if (masked) {
      frame.put(key);
    }
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (masked ? payload[i] ^ key[i % 4] : payload[i]));
    }
    byte[] bytes = new byte[frame.flip().remaining()];
    frame.get(bytes);
    http.send(bytes);
    return this;
  }

  RawWebSocket close(int code) throws IOException {
    return send(true, CLOSE, new byte[] {(byte) (code >> 8), (byte) code}, true);
  }

  Frame receive() throws IOException {
    int first = http.read();
    int second = http.read();
    if ((second & 0x80) != 0) {
      throw new IOException("A server's frame is not masked");
    }
    int length = second & 0x7f;
    if (length == 126) {
      length = ByteBuffer.wrap(http.read(2)).getShort() & 0xffff;
    } else if (length == 127) {
      length = Math.toIntExact(ByteBuffer.wrap(http.read(8)).getLong());
    }
    return new Frame((first & 0x80) != 0, first & 0x0f, http.read(length));
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
