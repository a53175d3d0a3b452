package dev.orrery.conformance.soak;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;

/**
 * The bytes of a body: whoever knows the number of the request knows them, so that both ends can
 * check what came.
 */
final class Content {

  /** The most that is written or compared at once. */
  static final int BLOCK = 16 * 1024;

  /** A prime, so that a block that comes twice or not at all is seen wherever it is. */
  private static final int PERIOD = 65_521;

  private static final byte[] BYTES = new byte[PERIOD + BLOCK];

  static {
    new Random(PERIOD).nextBytes(BYTES);
    System.arraycopy(BYTES, 0, BYTES, PERIOD, BLOCK);
  }

  private Content() {}

  private static int offset(long id, long position) {
    return (int) ((id * 7_919 + position) % PERIOD);
  }

  /** Writes the part {@code [from, to)} of the body of a request. */
  static void write(OutputStream out, long id, long from, long to) throws IOException {
    for (long at = from; at < to; at += BLOCK) {
      out.write(BYTES, offset(id, at), (int) Math.min(BLOCK, to - at));
    }
  }

  /** Whether the first {@code count} bytes of a block are those at {@code position} of a body. */
  static boolean matches(byte[] block, int count, long id, long position) {
    int at = 0;
    while (at < count) {
      int length = Math.min(BLOCK, count - at);
      int from = offset(id, position + at);
      if (!Arrays.equals(block, at, at + length, BYTES, from, from + length)) {
        return false;
      }
      at += length;
    }
    return true;
  }

  /** The body's check sum. */
  static long sum(long id, long size) {
    var sum = new CRC32C();
    for (long at = 0; at < size; at += BLOCK) {
      sum.update(BYTES, offset(id, at), (int) Math.min(BLOCK, size - at));
    }
    return sum.getValue();
  }
}
