package dev.orrery.conformance.soak;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A WebSocket frame, whole; RFC 6455, section 5.2. */
@SuppressWarnings("ArrayRecordComponent") // Compared with sameAs.
record Frame(int opcode, byte[] payload) {

  static final int MAX = 256 * 1024;
  static final int UNMASKED = 0;

  private static final int BINARY = 2;
  private static final int CLOSE = 8;

  static Frame of(byte[] payload) {
    return new Frame(BINARY, payload);
  }

  static Frame close() {
    return new Frame(CLOSE, new byte[] {0x03, (byte) 0xe8});
  }

  boolean isClose() {
    return opcode == CLOSE;
  }

  boolean sameAs(Frame other) {
    return opcode == other.opcode && Arrays.equals(payload, other.payload);
  }

  static Frame read(Wire wire) throws IOException {
    int first = wire.next();
    int second = wire.next();
    var in = new DataInputStream(wire.in());
    long size = second & 0x7f;
    if (size == 126) {
      size = in.readUnsignedShort();
    } else if (size == 127) {
      size = in.readLong();
    }
    if ((first & 0xf0) != 0x80 || size > MAX) {
      throw new IOException("No frame of ours: " + first + ", " + size + " bytes");
    }
    int mask = (second & 0x80) == 0 ? UNMASKED : in.readInt();
    byte[] payload = new byte[(int) size];
    in.readFully(payload);
    apply(mask, payload);
    return new Frame(first & 0xf, payload);
  }

  /** Writes it; clients have to mask what they send. */
  void write(Wire wire, int mask) throws IOException {
    int size = payload.length;
    var head = ByteBuffer.allocate(14);
    int masked = mask == UNMASKED ? 0 : 0x80;
    head.put((byte) (0x80 | opcode));
    if (size < 126) {
      head.put((byte) (masked | size));
    } else if (size < 1 << 16) {
      head.put((byte) (masked | 126)).putShort((short) size);
    } else {
      head.put((byte) (masked | 127)).putLong(size);
    }
    byte[] body = payload;
    if (mask != UNMASKED) {
      head.putInt(mask);
      body = payload.clone();
      apply(mask, body);
    }
    wire.out().write(head.array(), 0, head.position());
    wire.out().write(body);
    wire.out().flush();
  }

  private static void apply(int mask, byte[] bytes) {
    if (mask != UNMASKED) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] ^= (byte) (mask >> 24 - 8 * (i % 4));
      }
    }
  }
}
