package dev.orrery.conformance.soak;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Someone who uses the proxy until the soak ends.
 *
 * @param who what kind of client
 * @param dice its own: the same seed makes the same choices
 * @param over open as long as the soak goes on
 */
record Caller(
    String who, int port, Ledger ledger, List<Route> routes, Random dice, CountDownLatch over) {

  /** What one kind of client does, once. */
  interface Habit {
    void visit(Caller me) throws IOException;
  }

  boolean goesOn() {
    return over.getCount() > 0;
  }

  /** Waits about so long, but no longer than the soak goes on. */
  void rest(int millis) {
    try {
      if (over.await(1 + dice.nextInt(2 * millis), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Wire connect() throws IOException {
    return Wire.to(port);
  }

  /** Any route. */
  Route route() {
    return routes.get(dice.nextInt(routes.size()));
  }

  /** The first route, whose backend is always up and does all at once. */
  Route sureRoute() {
    return routes.getFirst();
  }

  Ledger.Request ask(String method, Route route, String what) {
    return ledger.ask(who, method, route, what);
  }

  /** Most are small, a few large. */
  int size(int most) {
    return 1 + (int) (most * Math.pow(dice.nextDouble(), 4));
  }
}
