package dev.orrery.kernel.wire;

import java.nio.ByteBuffer;

/**
 * Remembers the signatures of the last messages, so that one that was recorded cannot be played
 * back. Keeps 8 bytes of each, between {@value #GENERATION} and twice as many of them; a message
 * wrongly taken for a copy is less likely than a broken disk. Not thread-safe.
 */
final class SeenSignatures {

  private static final int GENERATION = 16_384;

  private long[] current = new long[64];
  private long[] previous = new long[1];
  private int count;

  /** Whether the signature is new; it is remembered. */
  boolean add(byte[] signature) {
    if (signature.length < Long.BYTES * 2) {
      return true;
    }
    long key = fold(signature);
    if (contains(current, key) || contains(previous, key)) {
      return false;
    }
    if (count == GENERATION) {
      previous = current;
      current = new long[64];
      count = 0;
    } else if (count * 2 >= current.length) {
      long[] larger = new long[current.length * 2];
      for (long old : current) {
        if (old != 0) {
          larger[slot(larger, old)] = old;
        }
      }
      current = larger;
    }
    current[slot(current, key)] = key;
    count++;
    return true;
  }

  /** 16 hex digits are 8 bytes; zero marks a free slot and is mapped away. */
  private static long fold(byte[] signature) {
    ByteBuffer bytes = ByteBuffer.wrap(signature);
    long key = bytes.getLong() * 0x9E3779B97F4A7C15L ^ bytes.getLong();
    return key == 0 ? 1 : key;
  }

  private static boolean contains(long[] table, long key) {
    return table[slot(table, key)] == key;
  }

  private static int slot(long[] table, long key) {
    int mask = table.length - 1;
    int at = Long.hashCode(key * 0xD6E8FEB86659FD93L) & mask;
    for (int probes = 0; probes < table.length; probes++) {
      if (table[at] == 0 || table[at] == key) {
        return at;
      }
      at = (at + 1) & mask;
    }
    return at;
  }
}
