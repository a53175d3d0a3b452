package dev.orrery.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * WebSockets in number, on 127.0.0.1. Told by its first argument what to be:
 *
 * <ul>
 *   <li>{@code backend}: prints its port, answers each message with one of the same size, ends with
 *       its standard input.
 *   <li>{@code messages PORT CONNECTIONS SIZE SECONDS}: one message under way on each connection;
 *       prints {@code start} after a second and {@code end ROUND_TRIPS P50 P99} in microseconds
 *       after the rest.
 *   <li>{@code idle PORT CONNECTIONS}: opens them, prints {@code open}; when its standard input
 *       ends, sends a message over each and prints {@code alive NUMBER}.
 * </ul>
 *
 * Masks are zero, so that a payload of zeros stays as it is: what a proxy does with a message does
 * not depend on them.
 */
public final class WebSocketLoad {

  private static final int PATIENCE_MILLIS = 60_000;
  private static final int MOST_SAMPLES = 200_000;

  /** Answers the one key that {@link #open} sends. */
  private static final String UPGRADED =
      """
      HTTP/1.1 101 Switching Protocols
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=

      """;

  private static final String UPGRADE =
      """
      GET /ws HTTP/1.1
      Host: localhost
      Upgrade: websocket
      Connection: Upgrade
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

      """;

  private WebSocketLoad() {}

  /** Runs what the first argument names. */
  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "backend" -> backend();
      case "messages" ->
          messages(
              Integer.parseInt(arguments[1]),
              Integer.parseInt(arguments[2]),
              Integer.parseInt(arguments[3]),
              Integer.parseInt(arguments[4]));
      case "idle" -> idle(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
      default -> throw new IllegalArgumentException("There is no '" + arguments[0] + "'");
    }
  }

  private static void backend() throws IOException {
    try (var server = new ServerSocket(0, 4096, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> accept(server));
      System.out.println(server.getLocalPort());
      awaitEndOfInput();
    }
  }

  private static void accept(ServerSocket server) {
    while (true) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = new BufferedInputStream(socket.getInputStream(), 8192);
      OutputStream out = socket.getOutputStream();
      readHead(in);
      out.write(UPGRADED.replace("\n", "\r\n").getBytes(ISO_8859_1));
      byte[] answer = {};
      while (true) {
        int size = readFrame(in);
        byte[] head = frameHead(size, false);
        if (answer.length != head.length + size) {
          answer = Arrays.copyOf(head, head.length + size);
        }
        out.write(answer);
      }
    } catch (IOException e) {
      // The connection is gone: nothing is left to do for it.
    }
  }

  private static void messages(int port, int connections, int size, int seconds) throws Exception {
    List<Socket> sockets = open(port, connections);
    long start = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    long end = start + TimeUnit.SECONDS.toNanos(seconds);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<Future<Samples>>();
      for (Socket socket : sockets) {
        results.add(executor.submit(() -> exchange(socket, size, start, end)));
      }
      sleepUntil(start);
      System.out.println("start");
      sleepUntil(end);
      System.out.println("stop");
      var all = new Samples(MOST_SAMPLES * 4);
      for (Future<Samples> result : results) {
        all.add(result.get());
      }
      System.out.printf(
          Locale.ROOT, "end %d %.1f %.1f%n", all.total, all.micros(0.5), all.micros(0.99));
    }
    close(sockets);
  }

  private static Samples exchange(Socket socket, int size, long start, long end)
      throws IOException {
    var in = new BufferedInputStream(socket.getInputStream(), 8192);
    OutputStream out = socket.getOutputStream();
    byte[] head = frameHead(size, true);
    byte[] message = Arrays.copyOf(head, head.length + size);
    var samples = new Samples(1024);
    long now = System.nanoTime();
    while (now < end) {
      long sent = now;
      out.write(message);
      int answered = readFrame(in);
      if (answered != size) {
        throw new IOException("Sent " + size + " bytes and got " + answered);
      }
      now = System.nanoTime();
      if (sent >= start && now < end) {
        samples.add(now - sent);
      }
    }
    return samples;
  }

  private static void idle(int port, int connections) throws Exception {
    List<Socket> sockets = open(port, connections);
    System.out.println("open");
    awaitEndOfInput();
    int alive = 0;
    byte[] head = frameHead(16, true);
    byte[] message = Arrays.copyOf(head, head.length + 16);
    for (Socket socket : sockets) {
      socket.getOutputStream().write(message);
    }
    for (Socket socket : sockets) {
      if (readFrame(new BufferedInputStream(socket.getInputStream(), 64)) == 16) {
        alive++;
      }
    }
    System.out.println("alive " + alive);
    close(sockets);
  }

  /** Opens them a few at a time, so that no queue of connections to accept runs over. */
  private static List<Socket> open(int port, int count) throws Exception {
    var atOnce = new Semaphore(64);
    var sockets = new ArrayList<Socket>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = new ArrayList<Future<Socket>>();
      for (int i = 0; i < count; i++) {
        results.add(
            executor.submit(() -> {
              atOnce.acquire();
              try {
                return open(port);
              } finally {
                atOnce.release();
              }
            }));
      }
      for (Future<Socket> result : results) {
        sockets.add(result.get());
      }
    }
    return sockets;
  }

  private static Socket open(int port) throws IOException {
    var socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.getOutputStream().write(UPGRADE.replace("\n", "\r\n").getBytes(ISO_8859_1));
    // Byte by byte: what follows the head belongs to the one who reads on.
    String head = readHead(socket.getInputStream());
    if (!head.startsWith("HTTP/1.1 101 ")) {
      socket.close();
      throw new IOException("No upgrade: " + head);
    }
    return socket;
  }

  private static String readHead(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("The connection ended after: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** Reads one frame and gives the size of its payload. */
  private static int readFrame(InputStream in) throws IOException {
    byte[] head = in.readNBytes(2);
    if (head.length < 2) {
      throw new EOFException();
    }
    int size = head[1] & 0x7f;
    if (size == 126) {
      byte[] more = in.readNBytes(2);
      size = (more[0] & 0xff) << 8 | (more[1] & 0xff);
    } else if (size == 127) {
      throw new IOException("A frame is larger than any that was sent");
    }
    in.skipNBytes(size + (head[1] < 0 ? 4 : 0));
    return size;
  }

  private static byte[] frameHead(int size, boolean masked) {
    int mask = masked ? 0x80 : 0;
    byte[] length =
        size < 126
            ? new byte[] {(byte) 0x82, (byte) (mask | size)}
            : new byte[] {
              (byte) 0x82, (byte) (mask | 126), (byte) (size >> 8), (byte) (size & 0xff)
            };
    return Arrays.copyOf(length, length.length + (masked ? 4 : 0));
  }

  private static void sleepUntil(long nanoTime) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime());
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {
        // Only its end says something.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /** Durations, bounded in number; all of them are counted. */
  private static final class Samples {

    private long[] nanos;
    private int kept;
    private long total;

    Samples(int capacity) {
      nanos = new long[capacity];
    }

    void add(long duration) {
      total++;
      if (kept == nanos.length && kept < MOST_SAMPLES) {
        nanos = Arrays.copyOf(nanos, kept * 2);
      }
      if (kept < nanos.length) {
        nanos[kept++] = duration;
      }
    }

    void add(Samples other) {
      int copied = Math.min(other.kept, nanos.length - kept);
      System.arraycopy(other.nanos, 0, nanos, kept, copied);
      kept += copied;
      total += other.total;
    }

    double micros(double share) {
      if (kept == 0) {
        return 0;
      }
      long[] sorted = Arrays.copyOf(nanos, kept);
      Arrays.sort(sorted);
      return sorted[(int) Math.min(kept - 1L, Math.round(share * kept))] / 1e3;
    }
  }
}
