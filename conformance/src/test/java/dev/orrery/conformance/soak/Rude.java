package dev.orrery.conformance.soak;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** Clients that go in the middle. They are owed nothing; what they held must become free. */
final class Rude {

  /** The proxy closes a connection that says nothing after 60 s. */
  private static final Duration SILENCE = Duration.ofSeconds(90);

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int BODY = 300_000;

  private Rude() {}

  /** Goes in the middle of a body. */
  static void leavesInBody(Caller me) throws IOException {
    boolean chunks = me.dice().nextBoolean();
    Ledger.Request request = me.ask("POST", me.route(), "post");
    try (Wire wire = me.connect()) {
      wire.send(
          Polite.head(
              "POST",
              request.path(BODY),
              chunks ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + BODY + "\r\n"));
      int part = me.dice().nextInt(BODY);
      if (chunks && part > 0) {
        wire.writeChunk(request.id(), 0, part);
      } else {
        Content.write(wire.out(), request.id(), 0, part);
      }
      wire.out().flush();
      me.rest(20);
      if (me.dice().nextInt(3) == 0) {
        // The rest can't come any more: the proxy has to end this.
        wire.endOutput();
        awaitEnd(me, wire, Wire.HANG);
      } else {
        leave(me, wire);
      }
    } catch (IOException e) {
      // The proxy may have ended it first, when the backend is down.
    } finally {
      request.left();
    }
    me.rest(100);
  }

  /** Goes in the middle of an answer, or before it. */
  static void leavesInAnswer(Caller me) throws IOException {
    boolean events = me.dice().nextInt(4) == 0;
    Ledger.Request request = me.ask("GET", me.route(), events ? "events" : "get");
    try (Wire wire = me.connect()) {
      wire.send(Polite.head("GET", request.path(events ? 500 : Polite.STALLING), ""));
      int part = me.dice().nextInt(4) * me.dice().nextInt(100_000);
      wire.readExactly(events ? part / 1_000 : part, (_, _) -> {});
      leave(me, wire);
    } catch (IOException e) {
      // There was less than that.
    } finally {
      request.left();
    }
    me.rest(100);
  }

  /** Stops reading in the middle of an answer, and goes some time later. */
  static void stallsAndLeaves(Caller me) throws IOException {
    Ledger.Request request = me.ask("GET", me.route(), "get");
    try (Wire wire = me.connect()) {
      wire.send(Polite.head("GET", request.path(Polite.STALLING), ""));
      wire.readExactly(me.dice().nextInt(200_000), (_, _) -> {});
      me.rest(4_000);
      leave(me, wire);
    } catch (IOException e) {
      // There was less than that.
    } finally {
      request.left();
    }
    me.rest(500);
  }

  /** Connects and says nothing, or not all of a head. */
  static void saysNothing(Caller me) throws IOException {
    try (Wire wire = me.connect()) {
      if (me.dice().nextBoolean()) {
        wire.send("GET /plain/get/0/1 HTTP/1.1\r\nHost: soa");
      }
      switch (me.dice().nextInt(4)) {
        case 0 -> {
          wire.endOutput();
          awaitEnd(me, wire, Wire.HANG);
        }
        case 1 -> awaitEnd(me, wire, SILENCE);
        default -> {
          me.rest(1_000);
          leave(me, wire);
        }
      }
    }
    me.rest(100);
  }

  private static void leave(Caller me, Wire wire) throws IOException {
    if (me.dice().nextBoolean()) {
      wire.reset();
    } else {
      wire.close();
    }
  }

  /** Reads to the end of the connection, which has to come; the end of the soak is one too. */
  private static void awaitEnd(Caller me, Wire wire, Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    wire.waitAtMost(LOOK);
    byte[] block = new byte[Content.BLOCK];
    while (me.goesOn()) {
      try {
        if (wire.in().read(block) < 0) {
          return;
        }
      } catch (SocketTimeoutException e) {
        if (System.nanoTime() > deadline) {
          me.ledger().fault(me.who() + ": still open after " + limit.toSeconds() + " s");
          return;
        }
      } catch (IOException e) {
        // Reset, which is an end.
        return;
      }
    }
  }
}
