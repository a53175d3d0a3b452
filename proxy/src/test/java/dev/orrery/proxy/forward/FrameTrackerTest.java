package dev.orrery.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FrameTrackerTest {

  /** Frames of every size of length, masked and not, arriving in pieces of every size. */
  @Test
  void knowsTheEndOfEveryFrame() {
    var random = new Random(7);
    int[] lengths = {0, 1, 125, 126, 127, 65_535, 65_536, 70_000};
    for (int round = 0; round < 200; round++) {
      ByteBuf stream = Unpooled.buffer();
      Set<Integer> ends = new HashSet<>(Set.of(0));
      for (int i = 0; i < 6; i++) {
        frame(stream, lengths[random.nextInt(lengths.length)], random.nextBoolean());
        ends.add(stream.writerIndex());
      }
      var tracker = new FrameTracker();
      int at = 0;
      while (at < stream.writerIndex()) {
        int most = random.nextBoolean() ? 3 : 30_000;
        int piece = Math.min(1 + random.nextInt(most), stream.writerIndex() - at);
        tracker.passed(stream.slice(at, piece));
        at += piece;
        assertThat(tracker.isBetweenFrames()).as("at " + at).isEqualTo(ends.contains(at));
      }
    }
  }

  private static void frame(ByteBuf out, int length, boolean masked) {
    out.writeByte(0x82);
    int mask = masked ? 0x80 : 0;
    if (length < 126) {
      out.writeByte(mask | length);
    } else if (length < 65_536) {
      out.writeByte(mask | 126).writeShort(length);
    } else {
      out.writeByte(mask | 127).writeLong(length);
    }
    out.writeZero(length + (masked ? 4 : 0));
  }
}
