package dev.orrery.proxy.limits;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections and requests of each client address. Holds as many addresses as are
 * connected, and those whose rate has not rested. Thread-safe.
 */
public final class Admission {

  /** Addresses that came and went are looked for after this many connections. */
  private static final int SWEEP = 1_024;

  /** What came of a connection. */
  public enum Verdict {
    /** It is counted from now on. */
    WELCOME,
    /** This address has as many connections as it may have. */
    TOO_MANY_OF_CLIENT,
    /** There are as many connections as there may be. */
    FULL
  }

  private static final class Client {
    private int connections;
    private final @Nullable Rate rate;

    Client(@Nullable Rate rate) {
      this.rate = rate;
    }
  }

  private final Limits limits;
  private final AtomicInteger all = new AtomicInteger();
  private final AtomicInteger sinceSweep = new AtomicInteger();
  private final Map<String, Client> clients = new ConcurrentHashMap<>();

  /** Counts from nothing. */
  public Admission(Limits limits) {
    this.limits = limits;
  }

  /**
   * A connection came. One that is {@link Verdict#WELCOME} is given back by {@link #left}.
   *
   * @param address empty for a unix socket, which is no client's
   */
  public Verdict came(String address) {
    int now = all.incrementAndGet();
    if (limits.connections() > 0 && now > limits.connections()) {
      all.decrementAndGet();
      return Verdict.FULL;
    }
    if (!counts(address)) {
      return Verdict.WELCOME;
    }
    if (sinceSweep.incrementAndGet() >= SWEEP) {
      sinceSweep.set(0);
      sweep();
    }
    var welcome = new boolean[1];
    clients.compute(
        address,
        (_, known) -> {
          Client client = known == null ? new Client(rate()) : known;
          welcome[0] =
              limits.clientConnections() == 0 || client.connections < limits.clientConnections();
          if (welcome[0]) {
            client.connections++;
          }
          return client;
        });
    if (!welcome[0]) {
      all.decrementAndGet();
      return Verdict.TOO_MANY_OF_CLIENT;
    }
    return Verdict.WELCOME;
  }

  /** A connection that was let in has ended. */
  public void left(String address) {
    all.decrementAndGet();
    if (counts(address)) {
      clients.computeIfPresent(
          address,
          (_, client) -> {
            client.connections--;
            return isForgotten(client) ? null : client;
          });
    }
  }

  /** Whether this address, which is connected, may ask now. */
  public boolean mayAsk(String address) {
    if (limits.clientRate() == 0) {
      return true;
    }
    Client client = clients.get(address);
    return client == null || client.rate == null || client.rate.take(System.nanoTime());
  }

  /** How many connections there are. */
  public int connections() {
    return all.get();
  }

  /** How many addresses are remembered. */
  public int addresses() {
    return clients.size();
  }

  private boolean counts(String address) {
    return !address.isEmpty() && (limits.clientConnections() > 0 || limits.clientRate() > 0);
  }

  private @Nullable Rate rate() {
    return limits.clientRate() == 0 ? null : new Rate(limits.clientRate(), System.nanoTime());
  }

  private static boolean isForgotten(Client client) {
    return client.connections == 0
        && (client.rate == null || client.rate.isRested(System.nanoTime()));
  }

  private void sweep() {
    for (String address : clients.keySet()) {
      clients.computeIfPresent(address, (_, client) -> isForgotten(client) ? null : client);
    }
  }
}
