package dev.orrery.conformance.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;

/** Clients that ask well and read all of each answer: every one of them has a right to it. */
final class Polite {

  private static final int SMALL = 20_000;
  private static final int BODY = 256_000;
  private static final int LARGE = 4_000_000;

  /** More than the sockets on the way hold. */
  static final int STALLING = 16_000_000;

  private Polite() {}

  /** Asks one thing after the other on one connection, as long as it stays open. */
  static void keepsAlive(Caller me) throws IOException {
    try (Wire wire = me.connect()) {
      boolean open = true;
      int left = 1 + me.dice().nextInt(100);
      while (open && left > 0 && me.goesOn()) {
        left--;
        Route route = me.route();
        open =
            switch (me.dice().nextInt(20)) {
              case 0, 1, 2, 3 -> post(me, wire, route);
              case 4, 5 -> fetch(me, wire, "GET", route, "chunks", me.size(BODY), "");
              case 6 -> fetch(me, wire, "HEAD", route, "get", SMALL, "");
              default -> fetch(me, wire, "GET", route, "get", me.size(SMALL), "");
            };
        me.rest(25);
      }
    }
  }

  /** A connection for one request. */
  static void asksOnce(Caller me) throws IOException {
    try (Wire wire = me.connect()) {
      fetch(me, wire, "GET", me.route(), "get", me.size(SMALL), "Connection: close\r\n");
    }
    me.rest(50);
  }

  static void downloads(Caller me) throws IOException {
    try (Wire wire = me.connect()) {
      fetch(me, wire, "GET", me.route(), "get", LARGE / 4 + me.dice().nextInt(LARGE), "");
    }
    me.rest(300);
  }

  /** Reads server-sent events until they end. */
  static void listens(Caller me) throws IOException {
    try (Wire wire = me.connect()) {
      int events = 20 + me.dice().nextInt(200);
      Ledger.Request request = me.ask("GET", me.route(), "events");
      try {
        wire.send(head("GET", request.path(events), "Accept: text/event-stream\r\n"));
        Head answer = wire.answer();
        var text = new ByteArrayOutputStream();
        wire.readBody(answer, (block, count) -> text.write(block, 0, count));
        var expected = new StringBuilder();
        for (int i = 0; i < events; i++) {
          expected.append("data: ").append(i).append("\n\n");
        }
        if (answer.status() != 200) {
          request.refused(answer.status());
        } else if (!text.toString(UTF_8).contentEquals(expected)) {
          request.wrong("not the events that were sent: " + text.size() + " bytes");
        } else {
          served(request, answer);
        }
      } catch (IOException e) {
        request.broken(e);
      }
    }
    me.rest(100);
  }

  /** Sends the head byte by byte, and has all the time for it. */
  static void spells(Caller me) throws IOException {
    try (Wire wire = me.connect()) {
      Ledger.Request request = me.ask("GET", me.route(), "get");
      try {
        for (char letter : head("GET", request.path(SMALL), "").toCharArray()) {
          wire.send(String.valueOf(letter));
          Pause.of(Duration.ofMillis(me.dice().nextInt(4)));
        }
        readFetched(me, wire, request, true, SMALL, 0);
      } catch (IOException e) {
        request.broken(e);
      }
    }
    me.rest(100);
  }

  /** Says all it has to say, ends its half, and then reads. */
  static void endsItsHalf(Caller me) throws IOException {
    try (Wire wire = me.connect()) {
      Ledger.Request request = me.ask("GET", me.route(), "get");
      try {
        wire.send(head("GET", request.path(SMALL), ""));
        wire.endOutput();
        if (readFetched(me, wire, request, true, SMALL, 0) && wire.hasNext()) {
          me.ledger().fault("More than one answer for request " + request.id());
        }
      } catch (IOException e) {
        request.broken(e);
      }
    }
    me.rest(100);
  }

  /** Stops reading in the middle of a large answer, and reads on later. */
  static void stalls(Caller me) throws IOException {
    try (Wire wire = me.connect()) {
      Ledger.Request request = me.ask("GET", me.route(), "get");
      try {
        wire.send(head("GET", request.path(STALLING), ""));
        readFetched(me, wire, request, true, STALLING, STALLING / 3);
      } catch (IOException e) {
        request.broken(e);
      }
    }
    me.rest(1_000);
  }

  static String head(String method, String path, String fields) {
    return method + " " + path + " HTTP/1.1\r\nHost: soak.test\r\n" + fields + "\r\n";
  }

  /** Asks for content and reads it; says whether the connection may be used again. */
  private static boolean fetch(
      Caller me, Wire wire, String method, Route route, String what, int size, String fields) {
    Ledger.Request request = me.ask(method, route, what);
    try {
      wire.send(head(method, request.path(size), fields));
      return readFetched(me, wire, request, method.equals("GET"), size, 0);
    } catch (IOException e) {
      request.broken(e);
      return false;
    }
  }

  /**
   * Reads the answer to {@link #fetch}.
   *
   * @param stallAt how much is read before a long pause; 0 for no pause
   */
  private static boolean readFetched(
      Caller me, Wire wire, Ledger.Request request, boolean body, int size, int stallAt)
      throws IOException {
    Head answer = wire.answer();
    var check = new Check(me, request.id(), answer.status() == 200, stallAt);
    if (body) {
      wire.readBody(answer, check);
    }
    if (answer.status() != 200) {
      request.refused(answer.status());
    } else if (body && (check.at != size || check.differs)) {
      request.wrong("not the content: " + check.at + " of " + size + " bytes");
    } else {
      served(request, answer);
    }
    return !answer.closes();
  }

  /** Compares what comes with what has to come. */
  private static final class Check implements Wire.Sink {
    private final Caller me;
    private final long id;
    private final boolean compares;
    private final int stallAt;
    private long at;
    private boolean differs;

    Check(Caller me, long id, boolean compares, int stallAt) {
      this.me = me;
      this.id = id;
      this.compares = compares;
      this.stallAt = stallAt;
    }

    @Override
    public void take(byte[] block, int count) {
      differs |= compares && !Content.matches(block, count, id, at);
      if (at < stallAt && at + count >= stallAt) {
        me.rest(3_000);
      }
      at += count;
    }
  }

  /** Sends a body in one of the ways there are; says whether the connection may be used again. */
  private static boolean post(Caller me, Wire wire, Route route) {
    Ledger.Request request = me.ask("POST", route, "post");
    int size = me.size(BODY);
    boolean chunks = me.dice().nextBoolean();
    boolean asksFirst = me.dice().nextInt(5) == 0;
    String length = chunks ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + size + "\r\n";
    try {
      boolean sent = false;
      Head answer;
      wire.send(
          head("POST", request.path(size), length + (asksFirst ? "Expect: 100-continue\r\n" : "")));
      if (asksFirst) {
        answer = wire.head();
        if (answer.status() == 100) {
          sent = sendBody(me, wire, request, size, chunks);
          answer = wire.answer();
        }
      } else {
        sent = sendBody(me, wire, request, size, chunks);
        answer = wire.answer();
      }
      var text = new ByteArrayOutputStream();
      wire.readBody(answer, (block, count) -> text.write(block, 0, count));
      if (answer.status() != 200) {
        request.refused(answer.status());
      } else if (!text.toString(UTF_8).equals(size + " " + Content.sum(request.id(), size))) {
        request.wrong("the backend got another body: " + text.toString(UTF_8));
      } else {
        served(request, answer);
      }
      return sent && !answer.closes();
    } catch (IOException e) {
      request.broken(e);
      return false;
    }
  }

  /** False when the other side had heard enough: then its answer is there. */
  private static boolean sendBody(
      Caller me, Wire wire, Ledger.Request request, int size, boolean chunks) {
    try {
      if (chunks) {
        int at = 0;
        while (at < size) {
          int next = Math.min(size, at + 1 + me.dice().nextInt(Content.BLOCK));
          wire.writeChunk(request.id(), at, next);
          at = next;
        }
        wire.send("0\r\n\r\n");
      } else {
        Content.write(wire.out(), request.id(), 0, size);
        wire.out().flush();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static void served(Ledger.Request request, Head answer) {
    if (answer.field("asked").equals(Long.toString(request.id()))) {
      request.served(answer.field("backend"));
    } else {
      request.wrong("the answer to request " + answer.field("asked"));
    }
  }
}
