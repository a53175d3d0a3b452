package dev.orrery.conformance.soak;

import dev.orrery.conformance.Eventually;
import dev.orrery.conformance.RunningProxy;
import dev.orrery.conformance.soak.Readings.Descriptors;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One run: who takes part, how it goes, and what has to be so at the end. */
final class Soak {

  /**
   * Clients of one kind.
   *
   * @param polite whether some of their requests must have been served
   */
  private record Kind(String who, int count, boolean polite, Caller.Habit habit) {}

  private static final List<Kind> CLIENTS =
      List.of(
          new Kind("keeps alive", 14, true, Polite::keepsAlive),
          new Kind("asks once", 3, true, Polite::asksOnce),
          new Kind("downloads", 2, true, Polite::downloads),
          new Kind("listens", 4, true, Polite::listens),
          new Kind("spells", 3, true, Polite::spells),
          new Kind("ends its half", 2, true, Polite::endsItsHalf),
          new Kind("stalls", 4, true, Polite::stalls),
          new Kind("WebSocket", 5, true, WebSockets::echoes),
          new Kind("idle WebSocket", 10, true, WebSockets::idles),
          new Kind("WebSocket that vanishes", 3, false, WebSockets::vanishes),
          new Kind("leaves in its body", 3, false, Rude::leavesInBody),
          new Kind("leaves in the answer", 3, false, Rude::leavesInAnswer),
          new Kind("stalls and leaves", 4, false, Rude::stallsAndLeaves),
          new Kind("says nothing", 6, false, Rude::saysNothing));

  /** For what is under way when the load ends. */
  private static final Duration END = Duration.ofSeconds(60);

  private static final Duration QUIET = Duration.ofSeconds(20);
  private static final int USERS = 8;
  private static final int LAST_REQUESTS = 300;
  private static final long MEGABYTE = 1 << 20;

  private static final Pattern LINE =
      Pattern.compile("[-0-9:.TZ]+ \\[ConfigProxy\\] (\\w+): (.*)", Pattern.DOTALL);
  private static final Pattern ANSWERED = Pattern.compile("(\\d{3}) [A-Z]+ \\S*/(\\d+)/\\d+ .*");

  private final RunningProxy proxy;
  private final long seed;
  private final int port;
  private final String api;
  private final Readings readings;
  private final Ledger ledger = new Ledger();
  private final CountDownLatch over = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final List<Backend> backends = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();
  private final List<Long> resident = new ArrayList<>();
  private final List<Long> objects = new ArrayList<>();

  /** Jars and the like, which are opened when they are first needed. */
  private int files;

  Soak(RunningProxy proxy, long seed) {
    this.proxy = proxy;
    this.seed = seed;
    this.port = Integer.parseInt(proxy.told("Proxying http://127\\.0\\.0\\.1:(\\d+) "));
    this.api = proxy.told("Proxy API at (http://\\S+)");
    this.readings =
        new Readings(
            proxy, Integer.parseInt(proxy.told("Serve metrics at http://\\S*:(\\d+)/metrics")));
  }

  List<String> faults() {
    return ledger.faults();
  }

  String summary() {
    return ledger.summary();
  }

  void run(Duration time) throws IOException, InterruptedException {
    say("seed " + seed);
    // The first collection opens the socket by which it is asked for.
    readings.collect();
    Descriptors before = descriptors();
    for (Backend.Manner manner : Backend.Manner.values()) {
      backends.add(backend(manner.name().toLowerCase(Locale.ROOT), manner));
    }
    var mortals =
        List.of(
            backend("mortal-a", Backend.Manner.PLAIN), backend("mortal-b", Backend.Manner.PLAIN));
    backends.addAll(mortals);
    try (var hub = new Hub(api, ledger)) {
      load(hub, mortals, time);
    }
    calmDown(before);
    say("ended\n" + ledger.summary());
  }

  private Backend backend(String name, Backend.Manner manner) {
    return new Backend(name, manner, ledger, seed + name.hashCode());
  }

  // ---- the load

  private void load(Hub hub, List<Backend> mortals, Duration time)
      throws IOException, InterruptedException {
    for (Backend backend : backends) {
      var route = new Route("/" + backend.name());
      hub.lead(route, backend);
      routes.add(route);
    }
    List<Route> users = IntStream.range(0, USERS).mapToObj(i -> new Route("/user/" + i)).toList();
    List<Backend> homes = Stream.concat(backends.stream().limit(2), mortals.stream()).toList();
    for (Route user : users) {
      hub.lead(user, homes.getFirst());
    }
    routes.addAll(users);

    for (Kind kind : CLIENTS) {
      for (int i = 0; i < kind.count(); i++) {
        begin(kind.who(), kind.habit());
      }
    }
    begin(
        "hub",
        me -> {
          hub.act(users, homes, me.dice());
          me.rest(150);
        });
    for (Backend mortal : mortals) {
      begin(
          "death of " + mortal.name(),
          me -> {
            me.rest(6_000);
            mortal.kill();
            me.rest(1_000);
            mortal.comeBack();
          });
    }
    try {
      watch(time);
    } finally {
      over.countDown();
    }
    long end = System.nanoTime() + END.toNanos();
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
        ledger.fault(thread.getName() + " did not end within " + END.toSeconds() + " s");
      }
    }
  }

  private void begin(String who, Caller.Habit habit) {
    var me = new Caller(who, port, ledger, routes, new Random(seed * 1_000 + threads.size()), over);
    threads.add(
        Thread.ofVirtual()
            .name(who + " " + threads.size())
            .start(() -> {
              try {
                while (me.goesOn()) {
                  habit.visit(me);
                }
              } catch (IOException | RuntimeException e) {
                ledger.fault(who + " could not go on: " + e);
              }
            }));
  }

  /** Takes a reading every few seconds, and says so: who waits wants to know for what. */
  private void watch(Duration time) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    long seconds = time.toSeconds();
    long pause = Math.min(10, seconds / 6);
    for (long second = pause; second <= seconds; second += pause) {
      TimeUnit.NANOSECONDS.sleep(begun + TimeUnit.SECONDS.toNanos(second) - System.nanoTime());
      objects.add(readings.collect());
      resident.add(readings.resident());
      Descriptors now = descriptors();
      files = files == 0 ? now.others() : files;
      say(
          String.format(
              Locale.ROOT,
              "%d of %d s, %d requests, %d MB resident, %d MB of objects, %d sockets",
              second,
              seconds,
              ledger.done(),
              resident.getLast() / MEGABYTE,
              objects.getLast() / MEGABYTE,
              now.sockets()));
    }
  }

  // ---- the end

  private void calmDown(Descriptors before) throws IOException, InterruptedException {
    expect(
        "the proxy holds no more than the connections that wait at the backends",
        () ->
            backends.stream().allMatch(one -> one.busy() == 0)
                && descriptors().sockets() == before.sockets() + waiting());
    expect("nothing is open by the proxy's own count", () -> open().equals(Readings.NOTHING));
    for (Backend backend : backends) {
      backend.close();
    }
    expect(
        "the proxy holds the sockets that it had at the beginning",
        () -> descriptors().sockets() == before.sockets());

    expect(
        "no files were opened under load that are open now", () -> descriptors().others() <= files);

    // What was forgotten is found by a collection, and told when the next buffer is made.
    long last = readings.collect();
    expectNoGrowth("Memory", resident, 1.15, 8 * MEGABYTE);
    expectNoGrowth("Objects", objects, 1.2, MEGABYTE);
    expectNoGrowth("Objects of a proxy at rest", List.of(objects.getFirst(), last), 1, MEGABYTE);
    for (int i = 0; i < LAST_REQUESTS; i++) {
      try (Wire wire = Wire.to(port)) {
        wire.send("GET /_chp_healthz HTTP/1.1\r\nHost: soak.test\r\nConnection: close\r\n\r\n");
        wire.readBody(wire.answer(), (_, _) -> {});
      }
    }
    checkLog();
    checkThatAllHappened();
  }

  /**
   * Compares the last third of a run with the first. What a good proxy still takes then is little:
   * compiled code, at most a twentieth of its memory in a minute.
   */
  private void expectNoGrowth(String what, List<Long> bytes, double factor, long slack) {
    int third = Math.max(1, bytes.size() / 3);
    long first = Collections.max(bytes.subList(0, third));
    long last = Collections.max(bytes.subList(bytes.size() - third, bytes.size()));
    if (last > first * factor + slack) {
      ledger.fault(what + " grew from " + first + " to " + last + " bytes");
    }
  }

  private void checkLog() {
    proxy
        .output()
        .lines()
        .filter(line -> !isExpected(line))
        .forEach(line -> ledger.fault("The proxy logged: " + line));
  }

  /** Routes, and errors that the ledger knows. */
  private boolean isExpected(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      return false;
    }
    if (matcher.group(1).equals("info")) {
      return true;
    }
    Matcher answered = ANSWERED.matcher(matcher.group(2));
    return matcher.group(1).equals("error")
        && answered.matches()
        && ledger.mayHaveLogged(
            Long.parseLong(answered.group(2)), Integer.parseInt(answered.group(1)));
  }

  /** A soak in which nothing happened shows nothing. */
  private void checkThatAllHappened() {
    for (Kind kind : CLIENTS) {
      if (kind.polite() && ledger.ended(kind.who(), Ledger.End.SERVED) == 0) {
        ledger.fault(kind.who() + ": was never served");
      }
    }
    for (Ledger.End end : Ledger.End.values()) {
      if (ledger.ended(end) == 0) {
        ledger.fault("No request was " + end);
      }
    }
  }

  private void expect(String what, BooleanSupplier condition) {
    try {
      Eventually.holds(what, QUIET, condition, this::held);
    } catch (AssertionError e) {
      ledger.fault(String.valueOf(e.getMessage()));
    }
  }

  private int waiting() {
    return backends.stream().mapToInt(Backend::open).sum();
  }

  private Descriptors descriptors() {
    try {
      return readings.descriptors();
    } catch (IOException e) {
      throw new AssertionError("The proxy is gone:\n" + proxy.output(), e);
    }
  }

  private String open() {
    try {
      return readings.open();
    } catch (IOException e) {
      throw new AssertionError("The proxy is gone:\n" + proxy.output(), e);
    }
  }

  private String held() {
    var text = new StringBuilder(descriptors() + "; " + open());
    for (Backend one : backends) {
      text.append("; ").append(one.name()).append(" has ").append(one.open());
      text.append(" connections, ").append(one.busy()).append(" busy");
    }
    return text.toString();
  }

  private static void say(String what) {
    what.lines().forEach(line -> System.out.println("soak: " + line));
  }
}
