package dev.orrery.conformance.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * A server behind the proxy that does what the last parts of a path say, can be killed, and comes
 * back on the same port. It answers bodies of {@link Content} and says in each head who it is and
 * which request this is for.
 */
final class Backend implements AutoCloseable {

  /** How it behaves. */
  enum Manner {
    PLAIN,
    /** Takes its time. */
    SLOW,
    /** Closes its connections soon after an answer, without a word about it. */
    CLOSING,
    /** Ends some of its answers in the middle, or before they begin. */
    DYING
  }

  /** Below the ports that the system gives to connections: none of those gets in the way. */
  private static final int FIRST_PORT = 15_000;

  private static final int LAST_PORT = 30_000;
  private static final int EVENT_PAUSE = 20;

  private final String name;
  private final Manner manner;
  private final Ledger ledger;
  private final long seed;
  private final int port;
  private final History<Boolean> up = new History<>(false);
  private final Set<Wire> open = ConcurrentHashMap.newKeySet();
  private final Set<Wire> busy = ConcurrentHashMap.newKeySet();
  private final AtomicLong connections = new AtomicLong();
  private ServerSocket listener;
  private Thread acceptor;

  /** Starts one on a free port. */
  Backend(String name, Manner manner, Ledger ledger, long seed) {
    this.name = name;
    this.manner = manner;
    this.ledger = ledger;
    this.seed = seed;
    this.listener = listenSomewhere(new Random(seed));
    this.port = listener.getLocalPort();
    this.acceptor = serve();
  }

  private static ServerSocket listenSomewhere(Random dice) {
    for (int i = 0; i < 100; i++) {
      try {
        return listen(dice.nextInt(FIRST_PORT, LAST_PORT));
      } catch (IOException e) {
        // Somebody's: the next one.
      }
    }
    throw new AssertionError("No port between " + FIRST_PORT + " and " + LAST_PORT + " is free");
  }

  private static ServerSocket listen(int port) throws IOException {
    var socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private Thread serve() {
    ServerSocket own = listener;
    Thread thread = Thread.ofVirtual().name(name).start(() -> accept(own));
    up.now(true);
    return thread;
  }

  String name() {
    return name;
  }

  Manner manner() {
    return manner;
  }

  String target() {
    return "http://127.0.0.1:" + port;
  }

  /** How many connections the proxy has to it. */
  int open() {
    return open.size();
  }

  /** How many of them are in the middle of a request. */
  int busy() {
    return busy.size();
  }

  boolean wasDownBetween(long from, long to) {
    return up.between(from, to).contains(false);
  }

  /** Whether it went down between the two. */
  boolean diedBetween(long from, long to) {
    List<Boolean> states = up.between(from, to);
    return states.lastIndexOf(false) > states.indexOf(true) && states.contains(true);
  }

  /** Ends it as a crash does: nobody listens, and every connection is reset. */
  void kill() throws IOException {
    up.now(false);
    listener.close();
    try {
      // Only then is the port free, and is every connection known.
      if (!acceptor.join(Wire.HANG)) {
        throw new IOException(name + " listens on");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    open.forEach(Wire::reset);
  }

  void comeBack() throws IOException {
    listener = listen(port);
    acceptor = serve();
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Wire wire : open) {
      wire.close();
    }
  }

  private void accept(ServerSocket own) {
    try {
      while (true) {
        Socket socket = own.accept();
        socket.setTcpNoDelay(true);
        var wire = new Wire(socket);
        open.add(wire);
        Random dice = new Random(seed + connections.incrementAndGet());
        Thread.ofVirtual().name(name + " connection").start(() -> serve(wire, dice));
      }
    } catch (IOException e) {
      if (!own.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Wire wire, Random dice) {
    try (wire) {
      while (wire.hasNext()) {
        busy.add(wire);
        boolean another = answer(wire, wire.head(), dice);
        busy.remove(wire);
        if (!another) {
          return;
        }
      }
    } catch (IOException e) {
      // The connection is gone; the ledger has what that means.
    } finally {
      busy.remove(wire);
      open.remove(wire);
    }
  }

  /** Answers one request; says whether there may be another on this connection. */
  private boolean answer(Wire wire, Head head, Random dice) throws IOException {
    String[] parts = head.target().split("/");
    int size = Integer.parseInt(parts[parts.length - 1]);
    long id = Long.parseLong(parts[parts.length - 2]);
    ledger.answers(id);
    if (manner == Manner.SLOW) {
      Pause.of(Duration.ofMillis(dice.nextInt(10, 300)));
    }
    return switch (parts[parts.length - 3]) {
      case "get" -> {
        boolean body = !head.method().equals("HEAD");
        begin(wire, 200, id, "Content-Length: " + size + "\r\n");
        yield (!body || sendBody(wire, id, size, false, dice)) && goesOn(wire, dice);
      }
      case "chunks" -> {
        begin(wire, 200, id, "Transfer-Encoding: chunked\r\n");
        yield sendBody(wire, id, size, true, dice) && goesOn(wire, dice);
      }
      case "post" -> {
        ledger.posted(id, name);
        byte[] answer = receive(wire, head);
        if (diesNow(dice)) {
          yield breakOff(wire, id, dice);
        }
        begin(wire, 200, id, "Content-Length: " + answer.length + "\r\n");
        wire.out().write(answer);
        yield goesOn(wire, dice);
      }
      case "events" -> {
        // Its end is where the connection ends, as simple servers do it.
        begin(wire, 200, id, "Content-Type: text/event-stream\r\nConnection: close\r\n");
        for (int i = 0; i < size; i++) {
          wire.send("data: " + i + "\n\n");
          Pause.of(Duration.ofMillis(dice.nextInt(EVENT_PAUSE)));
        }
        yield false;
      }
      case "ws" -> {
        begin(wire, 101, id, "Upgrade: websocket\r\nConnection: Upgrade\r\n");
        echo(wire);
        yield false;
      }
      default -> throw new IOException("Asked for " + head.target());
    };
  }

  private void begin(Wire wire, int status, long id, String fields) throws IOException {
    wire.send(
        "HTTP/1.1 "
            + status
            + " .\r\nBackend: "
            + name
            + "\r\nAsked: "
            + id
            + "\r\n"
            + fields
            + "\r\n");
  }

  private boolean goesOn(Wire wire, Random dice) throws IOException {
    wire.out().flush();
    if (manner != Manner.CLOSING) {
      return true;
    }
    busy.remove(wire);
    Pause.of(Duration.ofMillis(dice.nextInt(4)));
    return false;
  }

  /** Sends a body, or a part of it and no more; says which. */
  private boolean sendBody(Wire wire, long id, int size, boolean chunks, Random dice)
      throws IOException {
    boolean dies = size > 1 && diesNow(dice);
    int end = dies ? dice.nextInt(size) : size;
    int at = 0;
    while (at < end) {
      int next = Math.min(end, at + (chunks ? 1 + dice.nextInt(Content.BLOCK) : size));
      if (chunks) {
        wire.writeChunk(id, at, next);
      } else {
        Content.write(wire.out(), id, at, next);
      }
      at = next;
      if (manner == Manner.SLOW) {
        wire.out().flush();
        Pause.of(Duration.ofMillis(dice.nextInt(5)));
      }
    }
    if (dies) {
      return breakOff(wire, id, dice);
    }
    if (chunks) {
      wire.send("0\r\n\r\n");
    }
    wire.out().flush();
    return true;
  }

  private boolean diesNow(Random dice) {
    return manner == Manner.DYING && dice.nextInt(5) == 0;
  }

  /** Ends the connection where it is; there is no other request on it. */
  private boolean breakOff(Wire wire, long id, Random dice) throws IOException {
    ledger.cuts(id);
    wire.out().flush();
    if (dice.nextBoolean()) {
      wire.reset();
    }
    return false;
  }

  /** Reads the body of a request; gives what it was, for its client to compare. */
  private static byte[] receive(Wire wire, Head head) throws IOException {
    if (head.field("expect").equals("100-continue")) {
      wire.send("HTTP/1.1 100 Continue\r\n\r\n");
    }
    var sum = new CRC32C();
    var size = new AtomicLong();
    wire.readBody(
        head,
        (block, count) -> {
          sum.update(block, 0, count);
          size.addAndGet(count);
        });
    return (size + " " + sum.getValue()).getBytes(UTF_8);
  }

  private static void echo(Wire wire) throws IOException {
    while (true) {
      Frame frame = Frame.read(wire);
      frame.write(wire, Frame.UNMASKED);
      if (frame.isClose()) {
        return;
      }
      if (frame.payload().length > Frame.MAX) {
        throw new EOFException("A frame that nobody sent");
      }
    }
  }
}
