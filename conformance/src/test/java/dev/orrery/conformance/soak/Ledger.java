package dev.orrery.conformance.soak;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Every request, and how it ended. A request could be served when its client did its part and, from
 * before it was sent until after it ended, its route was there and every backend to which the route
 * led was up; it must then have got status 200 and every byte of its backend's answer. What else is
 * right:
 *
 * <ul>
 *   <li>503, soon, when a backend of the route was down at any time in between; it is the only
 *       right end but 200 when the backend was down all the time;
 *   <li>an answer that visibly breaks off when a backend died in between;
 *   <li>404 when the route was not there, or was being changed;
 *   <li>503 for a POST to the backend that closes connections that wait: the proxy can't know
 *       whether it was seen and must not send it twice.
 * </ul>
 *
 * <p>Nothing else is right, a POST that comes twice included. Thread-safe.
 */
final class Ledger {

  /** How one request ended. */
  enum End {
    SERVED,
    REFUSED,
    BROKEN,
    LEFT
  }

  /** The longest that the proxy may take to find out that a backend is down. */
  private static final Duration PROMPT = Duration.ofSeconds(10);

  /** What a request that was left may still cause. */
  private static final Duration LATE = Duration.ofSeconds(2);

  private static final int MAX_TOLD = 40;

  private final long start = System.nanoTime();
  private final AtomicLong ids = new AtomicLong();
  private final Map<String, Map<End, Long>> ends = new TreeMap<>();
  private final Set<Long> received = ConcurrentHashMap.newKeySet();
  private final Set<Long> cut = ConcurrentHashMap.newKeySet();
  private final Map<Long, Request> notServed = new ConcurrentHashMap<>();
  private final List<String> faults = new ArrayList<>();
  private long faultCount;
  private long lostToClosing;
  private long done;

  /** One request on its way. */
  final class Request {
    private final long id = ids.incrementAndGet();
    private final long begun = System.nanoTime();
    private final String who;
    private final String method;
    private final Route route;
    private final String what;
    private long ended;
    private boolean wasCut;

    private Request(String who, String method, Route route, String what) {
      this.who = who;
      this.method = method;
      this.route = route;
      this.what = what;
    }

    long id() {
      return id;
    }

    /** Its path: the route, what the backend has to do, the number of the request, a size. */
    String path(long size) {
      return route.path() + "/" + what + "/" + id + "/" + size;
    }

    /** It got status 200 and all of its answer. */
    void served(String backend) {
      end(End.SERVED);
      Route.Leads led = led(0);
      if (led.backends().stream().noneMatch(one -> one.name().equals(backend))) {
        fault("answered by " + backend + ", where the route never led");
      }
      if (wasCut) {
        fault("the backend broke off, and the answer looks whole");
      }
    }

    /** It got an answer that is not 200, whole. */
    void refused(int status) {
      end(End.REFUSED);
      notServed.put(id, this);
      if (!mayGet(status, 0)) {
        fault("got " + status);
      } else if (ended - begun > PROMPT.toNanos()) {
        fault("got " + status + " late");
      } else if (status == 503 && !wasCut && !wasDown(0)) {
        lostToClosing();
      }
    }

    /** It got no answer, or a part of one. */
    void broken(IOException e) {
      end(End.BROKEN);
      notServed.put(id, this);
      boolean died = led(0).backends().stream().anyMatch(one -> one.diedBetween(begun, ended));
      if (e instanceof SocketTimeoutException) {
        fault("nothing came for " + Wire.HANG.toSeconds() + " s");
      } else if (!wasCut && !died) {
        fault("broke off: " + e);
      }
    }

    /** What came is not what was asked for, whatever happened meanwhile. */
    void wrong(String how) {
      end(End.BROKEN);
      notServed.put(id, this);
      fault(how);
    }

    /** The client went, or did what no good client does. */
    void left() {
      end(End.LEFT);
      notServed.put(id, this);
    }

    private void end(End end) {
      ended = System.nanoTime();
      wasCut = cut.remove(id);
      count(who, end);
    }

    private Route.Leads led(long later) {
      return route.between(begun, ended + later);
    }

    private boolean mayGet(int status, long later) {
      Route.Leads led = led(later);
      if (status == 404) {
        return led.none();
      }
      if (status != 503) {
        return false;
      }
      return wasDown(later) || wasCut || method.equals("POST") && mayBeClosing(led);
    }

    private boolean wasDown(long later) {
      return led(later).backends().stream()
          .anyMatch(one -> one.wasDownBetween(begun, ended + later));
    }

    private void fault(String how) {
      Ledger.this.fault(
          String.format(
              Locale.ROOT,
              "%s: %s %s/%s/%d, %.3f s to %.3f s: %s; the route led to %s",
              who,
              method,
              route.path(),
              what,
              id,
              second(begun),
              second(ended),
              how,
              led(0)));
    }
  }

  private static boolean mayBeClosing(Route.Leads led) {
    return led.backends().stream().anyMatch(one -> one.manner() == Backend.Manner.CLOSING);
  }

  /**
   * A client is about to ask.
   *
   * @param who what kind of client
   * @param what what the backend is to do
   */
  Request ask(String who, String method, Route route, String what) {
    return new Request(who, method, route, what);
  }

  /** A backend got a POST; it may do so once. */
  void posted(long id, String backend) {
    if (!received.add(id)) {
      fault("POST " + id + " came twice, now to " + backend);
    }
  }

  /** A backend begins to answer. */
  void answers(long id) {
    cut.remove(id);
  }

  /** A backend is about to break off its answer. */
  void cuts(long id) {
    cut.add(id);
  }

  /** Something is not as it has to be. */
  synchronized void fault(String what) {
    faultCount++;
    if (faults.size() < MAX_TOLD) {
      faults.add(what);
    }
  }

  /** Whether the proxy may have logged that it answered a request so. */
  boolean mayHaveLogged(long id, int status) {
    Request request = notServed.get(id);
    return request != null && request.mayGet(status, LATE.toNanos());
  }

  private synchronized void count(String who, End end) {
    done++;
    ends.computeIfAbsent(who, _ -> new TreeMap<>()).merge(end, 1L, Long::sum);
  }

  private synchronized void lostToClosing() {
    lostToClosing++;
  }

  synchronized long done() {
    return done;
  }

  synchronized long ended(String who, End end) {
    return ends.getOrDefault(who, Map.of()).getOrDefault(end, 0L);
  }

  synchronized long ended(End end) {
    return ends.values().stream().mapToLong(counts -> counts.getOrDefault(end, 0L)).sum();
  }

  /** What is wrong, the first of it in words. */
  synchronized List<String> faults() {
    var told = new ArrayList<>(faults);
    if (faultCount > faults.size()) {
      told.add((faultCount - faults.size()) + " more");
    }
    return told;
  }

  synchronized String summary() {
    var text = new StringBuilder();
    ends.forEach((who, counts) -> text.append(who).append(' ').append(counts).append('\n'));
    return text.append("POSTs refused by the closing backend: ").append(lostToClosing).toString();
  }

  private double second(long time) {
    return (time - start) / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
