package dev.orrery.kernel.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The two framings of a kernel WebSocket: {@code v1.kernel.websocket.jupyter.org}, and the legacy
 * one without a sub-protocol. Both as in jupyter_server's {@code
 * services/kernels/connection/base.py}; see there for the layouts.
 *
 * <p>Pure functions. Decoding trusts nothing: a frame that lies about its offsets is refused before
 * anything is allocated for it. Decoded parts are copies; the frame's buffer is free afterwards.
 */
public final class WebSocketFrames {

  /** The name of the v1 sub-protocol in {@code Sec-WebSocket-Protocol}. */
  public static final String V1 = "v1.kernel.websocket.jupyter.org";

  /**
   * No front end sends nearly as many; without a limit eight bytes of frame cost an object each.
   */
  private static final int MAX_BUFFERS = 16_384;

  /** Channel, header, parent header, metadata, content. */
  private static final int V1_FIXED_PARTS = 5;

  private static final byte[] NOTHING = {};

  private WebSocketFrames() {}

  /** One binary frame of the v1 framing, ready to be sent. */
  public static ByteBuffer encodeV1(Message message) {
    byte[] channel = message.channel().wireName().getBytes(StandardCharsets.US_ASCII);
    List<byte[]> parts = message.parts();
    int offsets = parts.size() + 2;
    int start = Long.BYTES * (1 + offsets);
    long total = start + channel.length + message.size();
    var frame = ByteBuffer.allocate(Math.toIntExact(total)).order(ByteOrder.LITTLE_ENDIAN);
    frame.putLong(offsets);
    long offset = start;
    frame.putLong(offset);
    offset += channel.length;
    frame.putLong(offset);
    for (byte[] part : parts) {
      offset += part.length;
      frame.putLong(offset);
    }
    frame.put(channel);
    for (byte[] part : parts) {
      frame.put(part);
    }
    return frame.flip();
  }

  /**
   * Reads one binary frame of the v1 framing.
   *
   * @param frame read from its position to its limit; position and order are left alone
   * @throws MalformedMessageException when offsets point outside the frame or backwards, parts are
   *     missing, the channel is unknown, or the header is not a JSON object
   */
  public static Message decodeV1(ByteBuffer frame) throws MalformedMessageException {
    ByteBuffer in = frame.slice().order(ByteOrder.LITTLE_ENDIAN);
    int size = in.limit();
    if (size < Long.BYTES) {
      throw new MalformedMessageException(
          "A kernel message frame of "
              + size
              + " bytes is too short to say how many parts it has.");
    }
    long offsets = in.getLong(0);
    if (offsets < V1_FIXED_PARTS + 1 || offsets > V1_FIXED_PARTS + 1 + MAX_BUFFERS) {
      throw new MalformedMessageException(
          "A kernel message frame needs 6 to %d offsets, this one claims %s."
              .formatted(V1_FIXED_PARTS + 1 + MAX_BUFFERS, Long.toUnsignedString(offsets)));
    }
    int count = (int) offsets;
    int table = Long.BYTES * (1 + count);
    if (table > size) {
      throw new MalformedMessageException(
          "A kernel message frame of %d bytes cannot hold a table of %d offsets."
              .formatted(size, count));
    }
    int[] at = new int[count];
    long previous = table;
    for (int i = 0; i < count; i++) {
      previous = checkOffset(in.getLong(Long.BYTES * (1 + i)), previous, size);
      at[i] = (int) previous;
    }
    String channelName =
        new String(slice(in, at[0], Math.min(at[1], at[0] + 64)), StandardCharsets.UTF_8);
    var buffers = new ArrayList<byte[]>(count - V1_FIXED_PARTS - 1);
    for (int i = V1_FIXED_PARTS; i < count - 1; i++) {
      buffers.add(slice(in, at[i], at[i + 1]));
    }
    var message =
        new Message(
            channel(channelName),
            slice(in, at[1], at[2]),
            slice(in, at[2], at[3]),
            slice(in, at[3], at[4]),
            slice(in, at[4], at[5]),
            buffers);
    HeaderReader.read(message.header(), "header");
    return message;
  }

  /** A frame of the legacy framing: text when there are no buffers, else binary. */
  public static Frame encodeLegacy(Message message) {
    byte[] json = LegacyJson.write(message);
    if (message.buffers().isEmpty()) {
      return new Frame.Text(new String(json, StandardCharsets.UTF_8));
    }
    int count = 1 + message.buffers().size();
    int start = Integer.BYTES * (1 + count);
    long total = (long) start + json.length;
    for (byte[] buffer : message.buffers()) {
      total += buffer.length;
    }
    var frame = ByteBuffer.allocate(Math.toIntExact(total)).order(ByteOrder.BIG_ENDIAN);
    frame.putInt(count);
    int offset = start;
    frame.putInt(offset);
    offset += json.length;
    for (byte[] buffer : message.buffers()) {
      frame.putInt(offset);
      offset += buffer.length;
    }
    frame.put(json);
    message.buffers().forEach(frame::put);
    return new Frame.Binary(frame.array());
  }

  /**
   * Reads a text frame of the legacy framing. A missing channel means shell.
   *
   * @throws MalformedMessageException when it is not one JSON object with a header object
   */
  public static Message decodeLegacyText(String text) throws MalformedMessageException {
    return LegacyJson.read(text.getBytes(StandardCharsets.UTF_8), List.of());
  }

  /**
   * Reads a binary frame of the legacy framing.
   *
   * @param frame read from its position to its limit; position and order are left alone
   * @throws MalformedMessageException as {@link #decodeV1} and {@link #decodeLegacyText}
   */
  public static Message decodeLegacyBinary(ByteBuffer frame) throws MalformedMessageException {
    ByteBuffer in = frame.slice().order(ByteOrder.BIG_ENDIAN);
    int size = in.limit();
    if (size < 2 * Integer.BYTES) {
      throw new MalformedMessageException(
          "A binary kernel message of " + size + " bytes is too short to have parts.");
    }
    long claimed = Integer.toUnsignedLong(in.getInt(0));
    if (claimed < 1 || claimed > 1 + MAX_BUFFERS || Integer.BYTES * (1 + claimed) > size) {
      throw new MalformedMessageException(
          "A binary kernel message of %d bytes cannot have %d parts.".formatted(size, claimed));
    }
    int count = (int) claimed;
    int[] at = new int[count + 1];
    long previous = Integer.BYTES * (1L + count);
    for (int i = 0; i < count; i++) {
      long offset = Integer.toUnsignedLong(in.getInt(Integer.BYTES * (1 + i)));
      previous = checkOffset(offset, previous, size);
      at[i] = (int) previous;
    }
    at[count] = size;
    var buffers = new ArrayList<byte[]>(count - 1);
    for (int i = 1; i < count; i++) {
      buffers.add(slice(in, at[i], at[i + 1]));
    }
    return LegacyJson.read(slice(in, at[0], at[1]), buffers);
  }

  /** The channel of a wire name that came from outside. */
  static Channel channel(String name) throws MalformedMessageException {
    return Channel.of(name).orElseThrow(() -> new UnknownChannelException(name));
  }

  private static long checkOffset(long offset, long previous, int size)
      throws MalformedMessageException {
    if (offset < previous || offset > size) {
      throw new MalformedMessageException(
          "Offset %s of a kernel message frame lies outside of %d to %d."
              .formatted(Long.toUnsignedString(offset), previous, size));
    }
    return offset;
  }

  private static byte[] slice(ByteBuffer in, int from, int to) {
    if (from == to) {
      return NOTHING;
    }
    byte[] part = new byte[to - from];
    in.get(from, part);
    return part;
  }
}
