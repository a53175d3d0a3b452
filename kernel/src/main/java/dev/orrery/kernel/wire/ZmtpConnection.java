package dev.orrery.kernel.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection of ZeroMQ's wire protocol, ZMTP 3.0 with the NULL mechanism (RFC 23), as the side
 * that connects. We announce 3.0, so a peer of any 3.x takes subscriptions as messages.
 *
 * <p>One thread reads; any thread writes. Closing from any thread ends both. Heartbeats of the peer
 * are answered while somebody reads.
 */
public final class ZmtpConnection implements AutoCloseable {

  private static final int MORE = 0x01;
  private static final int LONG = 0x02;
  private static final int COMMAND = 0x04;

  private static final int GREETING_SIZE = 64;
  private static final int MAX_COMMAND = 64 * 1024;
  private static final int MAX_PARTS = 32_768;

  /** Larger parts are read and written in pieces: the JDK buffers each piece outside the heap. */
  private static final int PIECE = 128 * 1024;

  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

  /** More than anybody waits for. */
  private static final long MAX_SKIPPED = 64L << 30;

  private final SocketChannel channel;
  private final long maxMessage;
  private final ByteBuffer in;
  private final ReentrantLock writing = new ReentrantLock();

  private ZmtpConnection(SocketChannel channel, int bufferSize, long maxMessage) {
    this.channel = channel;
    this.maxMessage = maxMessage;
    this.in = ByteBuffer.allocate(bufferSize).flip();
  }

  /**
   * Connects and shakes hands. A {@code SUB} connection is subscribed to everything when this
   * returns, which does not mean that the peer knows yet.
   *
   * @param address TCP or unix-domain
   * @param identity what a router at the other end knows us by; at most 255 bytes
   * @param bufferSize bytes read ahead
   * @param maxMessage most bytes of one message; parts that exceed it are skipped
   * @throws IOException when nobody listens there, or the peer does not answer as it should within
   *     10 s
   */
  public static ZmtpConnection connect(
      SocketAddress address, SocketType type, byte[] identity, int bufferSize, long maxMessage)
      throws IOException {
    boolean unix = address instanceof UnixDomainSocketAddress;
    SocketChannel channel =
        unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
    var connection = new ZmtpConnection(channel, bufferSize, maxMessage);
    var settled = new CountDownLatch(1);
    Thread.startVirtualThread(() -> connection.closeUnless(settled));
    try {
      channel.connect(address);
      if (!unix) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      }
      connection.greet();
      connection.exchangeReady(type, identity);
      if (type == SocketType.SUB) {
        connection.write(List.of(new byte[] {1}));
      }
      return connection;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    } finally {
      settled.countDown();
    }
  }

  /**
   * Reads the next message, waiting for it.
   *
   * @return its parts, at least one
   * @throws OversizedMessageException when the message was too large; the next one can be read
   * @throws EOFException when the peer closed the connection
   * @throws IOException when the connection broke or the peer broke a rule; nothing more can be
   *     read
   */
  public List<byte[]> read() throws IOException {
    var parts = new ArrayList<byte[]>(8);
    long total = 0;
    long skipped = 0;
    while (true) {
      int flags = readByte();
      long size = readSize(flags);
      if ((flags & COMMAND) != 0) {
        command(readBytes(checkCommand(flags, size)));
        continue;
      }
      total += size;
      if (parts.size() >= MAX_PARTS) {
        throw new ZmtpException("A message of more than " + MAX_PARTS + " parts was refused.");
      }
      if (total > maxMessage) {
        skip(size);
        skipped += size;
        parts.add(new byte[0]);
      } else {
        parts.add(readBytes((int) size));
      }
      if ((flags & MORE) == 0) {
        if (skipped > 0) {
          throw new OversizedMessageException(parts, total, maxMessage);
        }
        return parts;
      }
    }
  }

  /**
   * Writes one message, waiting while the peer does not take it.
   *
   * @throws IOException when the connection broke; part of the message may be gone
   */
  public void write(List<byte[]> parts) throws IOException {
    writing.lock();
    try {
      long total = 9L * parts.size();
      for (byte[] part : parts) {
        total += part.length;
      }
      var out = ByteBuffer.allocate((int) Math.min(PIECE, total));
      for (int i = 0; i < parts.size(); i++) {
        byte[] part = parts.get(i);
        int more = i + 1 < parts.size() ? MORE : 0;
        if (out.remaining() < 9) {
          drain(out);
        }
        putHeader(out, more, part.length);
        for (int at = 0; at < part.length; ) {
          if (!out.hasRemaining()) {
            drain(out);
          }
          int piece = Math.min(part.length - at, out.remaining());
          out.put(part, at, piece);
          at += piece;
        }
      }
      drain(out);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // It is closed either way, and there is nobody to tell.
    }
  }

  private void closeUnless(CountDownLatch settled) {
    try {
      if (settled.await(HANDSHAKE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    close();
  }

  private void greet() throws IOException {
    var greeting = ByteBuffer.allocate(GREETING_SIZE);
    greeting.put(0, (byte) 0xff).put(9, (byte) 0x7f).put(10, (byte) 3);
    greeting.put(12, "NULL".getBytes(StandardCharsets.US_ASCII));
    while (greeting.hasRemaining()) {
      channel.write(greeting);
    }
    byte[] peer = readBytes(GREETING_SIZE);
    if (peer[0] != (byte) 0xff || peer[9] != 0x7f) {
      throw new ZmtpException("What listens there does not speak ZeroMQ's protocol.");
    }
    if (peer[10] < 3) {
      throw new ZmtpException("The peer speaks ZMTP " + peer[10] + "; 3.0 or newer is needed.");
    }
    String mechanism =
        new String(peer, 12, 20, StandardCharsets.US_ASCII).replace('\0', ' ').strip();
    if (!mechanism.equals("NULL")) {
      throw new ZmtpException("The peer wants the mechanism " + mechanism + "; we have NULL only.");
    }
  }

  private void exchangeReady(SocketType type, byte[] identity) throws IOException {
    var body = ByteBuffer.allocate(256 + identity.length);
    putShortString(body, "READY");
    putShortString(body, "Socket-Type");
    byte[] name = type.name().getBytes(StandardCharsets.US_ASCII);
    body.putInt(name.length).put(name);
    putShortString(body, "Identity");
    body.putInt(identity.length).put(identity);
    writeCommand(Arrays.copyOf(body.array(), body.position()));
    while (true) {
      int flags = readByte();
      byte[] command = readBytes(checkCommand(flags, readSize(flags)));
      String commandName = commandName(command);
      if (commandName.equals("READY")) {
        return;
      }
      if (commandName.equals("ERROR")) {
        throw new ZmtpException("The peer refused the connection: " + errorReason(command));
      }
    }
  }

  private void command(byte[] command) throws IOException {
    switch (commandName(command)) {
      // PING, time to live in two bytes, context of at most 16: the answer is the context.
      case "PING" -> {
        int from = Math.min(7, command.length);
        int to = Math.min(command.length, 7 + 16);
        var pong = ByteBuffer.allocate(5 + to - from);
        putShortString(pong, "PONG");
        pong.put(command, from, to - from);
        writeCommand(pong.array());
      }
      case "ERROR" -> throw new ZmtpException("The peer gave up: " + errorReason(command));
      default -> {
        // A command of a later protocol; RFC 23 has them ignored.
      }
    }
  }

  private static String commandName(byte[] command) throws ZmtpException {
    if (command.length == 0 || (command[0] & 0xff) >= command.length) {
      throw new ZmtpException("A command without a name.");
    }
    return new String(command, 1, command[0] & 0xff, StandardCharsets.US_ASCII);
  }

  private static String errorReason(byte[] command) {
    int from = Math.min(7, command.length);
    return new String(command, from, command.length - from, StandardCharsets.UTF_8);
  }

  private void writeCommand(byte[] body) throws IOException {
    writing.lock();
    try {
      var out = ByteBuffer.allocate(9 + body.length);
      putHeader(out, COMMAND, body.length);
      drain(out.put(body));
    } finally {
      writing.unlock();
    }
  }

  private static void putHeader(ByteBuffer out, int flags, int size) {
    if (size > 255) {
      out.put((byte) (flags | LONG)).putLong(size);
    } else {
      out.put((byte) flags).put((byte) size);
    }
  }

  private static void putShortString(ByteBuffer out, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    out.put((byte) bytes.length).put(bytes);
  }

  private void drain(ByteBuffer out) throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
    out.clear();
  }

  private static int checkCommand(int flags, long size) throws ZmtpException {
    if ((flags & COMMAND) == 0 || (flags & MORE) != 0 || size > MAX_COMMAND) {
      throw new ZmtpException("Expected a command of at most " + MAX_COMMAND + " bytes.");
    }
    return (int) size;
  }

  private long readSize(int flags) throws IOException {
    if ((flags & ~(MORE | LONG | COMMAND)) != 0) {
      throw new ZmtpException("Frame flags " + Integer.toHexString(flags) + " are not defined.");
    }
    if ((flags & LONG) == 0) {
      return readByte();
    }
    require(Long.BYTES);
    long size = in.getLong();
    if (size < 0 || size > MAX_SKIPPED) {
      throw new ZmtpException("A frame of " + Long.toUnsignedString(size) + " bytes was refused.");
    }
    return size;
  }

  private int readByte() throws IOException {
    require(1);
    return in.get() & 0xff;
  }

  /** A claimed size is believed only as far as bytes have come. */
  private byte[] readBytes(int size) throws IOException {
    byte[] bytes = new byte[Math.min(size, 8 * PIECE)];
    int at = Math.min(size, in.remaining());
    in.get(bytes, 0, at);
    while (at < size) {
      if (at == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(size, 2L * bytes.length));
      }
      var rest = ByteBuffer.wrap(bytes, at, Math.min(bytes.length - at, PIECE));
      if (rest.remaining() < in.capacity()) {
        require(1);
        int piece = Math.min(rest.remaining(), in.remaining());
        in.get(bytes, at, piece);
        at += piece;
      } else {
        int count = channel.read(rest);
        if (count < 0) {
          throw new EOFException("The peer closed the connection inside a message.");
        }
        at += count;
      }
    }
    return bytes;
  }

  private void skip(long size) throws IOException {
    long left = size;
    while (left > 0) {
      require(1);
      int piece = (int) Math.min(left, in.remaining());
      in.position(in.position() + piece);
      left -= piece;
    }
  }

  private void require(int count) throws IOException {
    if (in.remaining() >= count) {
      return;
    }
    in.compact();
    try {
      while (in.position() < count) {
        if (channel.read(in) < 0) {
          throw new EOFException("The peer closed the connection.");
        }
      }
    } finally {
      in.flip();
    }
  }
}
