package dev.orrery.conformance.soak;

import java.io.EOFException;
import java.io.IOException;

/** Clients with a WebSocket, on which every frame comes back. */
final class WebSockets {

  private static final String UPGRADE =
      """
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      """;

  private WebSockets() {}

  /** What is done on an open WebSocket. */
  private interface Talk {
    void hold(Wire wire) throws IOException;
  }

  /** Sends frames, reads them again, and closes as it should be done. */
  static void echoes(Caller me) throws IOException {
    open(
        me,
        me.route(),
        wire -> {
          int frames = 1 + me.dice().nextInt(60);
          for (int i = 0; i < frames && me.goesOn(); i++) {
            echo(me, wire);
            me.rest(20);
          }
        });
    me.rest(50);
  }

  /** Stays all along without a word, and at the end is still what it was. */
  static void idles(Caller me) throws IOException {
    open(
        me,
        me.sureRoute(),
        wire -> {
          echo(me, wire);
          while (me.goesOn()) {
            me.rest(60_000);
          }
          echo(me, wire);
        });
  }

  /** Goes without closing it, with an answer under way or not. */
  static void vanishes(Caller me) throws IOException {
    Ledger.Request request = me.ask("GET", me.route(), "ws");
    try (Wire wire = me.connect()) {
      wire.send(Polite.head("GET", request.path(0), UPGRADE));
      if (wire.answer().status() == 101) {
        int frames = me.dice().nextInt(20);
        for (int i = 0; i < frames; i++) {
          echo(me, wire);
          me.rest(20);
        }
        if (me.dice().nextBoolean()) {
          Frame.of(payload(me)).write(wire, mask(me));
        }
      }
      if (me.dice().nextBoolean()) {
        wire.reset();
      }
    } catch (IOException e) {
      // Its backend was faster.
    } finally {
      request.left();
    }
    me.rest(100);
  }

  private static void open(Caller me, Route route, Talk talk) throws IOException {
    Ledger.Request request = me.ask("GET", route, "ws");
    try (Wire wire = me.connect()) {
      wire.send(Polite.head("GET", request.path(0), UPGRADE));
      Head answer = wire.answer();
      if (answer.status() != 101) {
        request.refused(answer.status());
        return;
      }
      talk.hold(wire);
      Frame.close().write(wire, mask(me));
      if (!Frame.read(wire).isClose() || wire.hasNext()) {
        request.wrong("a WebSocket that was closed says more");
      } else {
        Polite.served(request, answer);
      }
    } catch (IOException e) {
      request.broken(e);
    }
  }

  private static void echo(Caller me, Wire wire) throws IOException {
    Frame sent = Frame.of(payload(me));
    sent.write(wire, mask(me));
    Frame back = Frame.read(wire);
    if (!back.sameAs(sent)) {
      me.ledger()
          .fault(
              me.who() + ": of " + sent.payload().length + " bytes came " + back.payload().length);
      throw new EOFException("Another frame than was sent");
    }
  }

  private static byte[] payload(Caller me) {
    byte[] payload = new byte[me.size(Frame.MAX) - 1];
    me.dice().nextBytes(payload);
    return payload;
  }

  private static int mask(Caller me) {
    return me.dice().nextInt() | 1;
  }
}
