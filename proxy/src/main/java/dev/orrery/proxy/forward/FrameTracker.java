package dev.orrery.proxy.forward;

import io.netty.buffer.ByteBuf;

/**
 * Knows where in a stream of WebSocket frames it is, without looking at what they carry: a closing
 * frame of ours may only stand between two others. RFC 6455, section 5.2.
 */
final class FrameTracker {

  private long payloadLeft;
  private int headerSeen;
  private int headerLength = 2;
  private int lengthBytes;
  private long length;
  private boolean masked;

  /** Takes note of the readable bytes of {@code data}, and changes nothing about it. */
  void passed(ByteBuf data) {
    int index = data.readerIndex();
    int end = data.writerIndex();
    while (index < end) {
      if (payloadLeft > 0) {
        long skipped = Math.min(payloadLeft, end - index);
        payloadLeft -= skipped;
        index += (int) skipped;
      } else {
        header(data.getUnsignedByte(index++));
      }
    }
  }

  private void header(int octet) {
    headerSeen++;
    if (headerSeen == 2) {
      masked = (octet & 0x80) != 0;
      int small = octet & 0x7f;
      lengthBytes = small == 126 ? 2 : small == 127 ? 8 : 0;
      length = lengthBytes == 0 ? small : 0;
      headerLength = 2 + lengthBytes + (masked ? 4 : 0);
    } else if (headerSeen > 2 && headerSeen <= 2 + lengthBytes) {
      length = length << 8 | octet;
    }
    if (headerSeen >= 2 && headerSeen == headerLength) {
      payloadLeft = length;
      headerSeen = 0;
      headerLength = 2;
    }
  }

  /** Whether the last byte that passed was the last one of a frame, or none has passed. */
  boolean isBetweenFrames() {
    return headerSeen == 0 && payloadLeft == 0;
  }
}
