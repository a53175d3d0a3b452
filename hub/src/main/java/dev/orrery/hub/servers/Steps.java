package dev.orrery.hub.servers;

import dev.orrery.http.HttpException;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.UserServer;
import dev.orrery.hub.store.UserServer.Step;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The steps of servers that this hub is at, each in a thread of its own and with a lease in the
 * database, which is extended for as long as the thread works.
 */
final class Steps {

  private static final System.Logger LOG = System.getLogger(Steps.class.getName());

  private static final Duration LEASE = Duration.ofSeconds(30);

  private final Database database;
  private final Clock clock;

  /** Names this hub in leases; new for each start, for what ran before is over. */
  private final Worker self = Worker.here();

  private final String worker = self.text();
  private final Map<Long, Job> jobs = new ConcurrentHashMap<>();

  Steps(Database database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** A step, and whether it is over. */
  private static final class Job {
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread thread;

    /** Whether there was nothing of it in the database when its lease was to be extended. */
    private volatile boolean missed;

    Job(Runnable work) {
      thread =
          Thread.ofVirtual()
              .name("server step")
              .unstarted(() -> {
                try {
                  work.run();
                } finally {
                  done.countDown();
                }
              });
    }

    boolean await(Duration limit) {
      try {
        return done.await(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  // ---- leases

  /** Takes a step on, if nobody is at another one of that server. */
  boolean begin(Transaction tx, long server, Step step, String spawnId) {
    Instant now = clock.instant();
    return tx.servers().begin(server, step, spawnId, worker, now.plus(LEASE), now);
  }

  /** Says that we are still at it; false when somebody else has taken over. */
  boolean extend(Transaction tx, long server) {
    return tx.servers().extend(server, worker, clock.instant().plus(LEASE));
  }

  /** Whether this start is still under way, and ours. */
  boolean isAt(Transaction tx, long server, String spawnId) {
    return tx.servers().isAt(server, worker, spawnId);
  }

  /** Takes over a step that is under way, if nobody is at it any more. */
  boolean takeOver(UserServer server) {
    Instant now = clock.instant();
    UserServer.Work work = server.work().orElseThrow();
    if (work.worker().equals(worker) && jobs.containsKey(server.id())) {
      // Its lease looks run out where the clock has jumped.
      return false;
    }
    boolean abandoned =
        self.isGone(work.worker())
            || work.leaseUntil().map(until -> until.isBefore(now)).orElse(true);
    return abandoned
        && database.write(tx -> tx.servers().takeOver(server.id(), work, worker, now.plus(LEASE)));
  }

  /** Extends all leases; who has lost one stops. */
  void extendAll() {
    Map<Long, Job> at = Map.copyOf(jobs);
    if (at.isEmpty()) {
      return;
    }
    var taken = new HashSet<Long>();
    var gone = new HashSet<Long>();
    try {
      database.change(tx -> {
        taken.clear();
        gone.clear();
        for (long server : at.keySet()) {
          if (!extend(tx, server)) {
            boolean others = tx.servers().byId(server).flatMap(UserServer::pending).isPresent();
            (others ? taken : gone).add(server);
          }
        }
      });
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "Leases could not be extended", e);
      return;
    }
    for (Map.Entry<Long, Job> entry : at.entrySet()) {
      Job job = entry.getValue();
      // A step that has just ended has no row either, and may still wait to hear that it has.
      boolean lost = taken.contains(entry.getKey()) || gone.contains(entry.getKey()) && job.missed;
      job.missed = gone.contains(entry.getKey());
      if (lost && job.equals(jobs.get(entry.getKey()))) {
        job.thread.interrupt();
      }
    }
  }

  // ---- threads

  /** Does the work of a step that is ours. */
  void run(long server, Runnable work) {
    var job =
        new Job(() -> {
          try {
            work.run();
          } finally {
            jobs.remove(server);
          }
        });
    jobs.put(server, job);
    job.thread.start();
  }

  /** Waits for what we do with a server; false when that goes on. */
  boolean await(long server, Duration patience) {
    Job job = jobs.get(server);
    return job == null || job.await(patience);
  }

  /** Interrupts what we do with a server, and waits until it is cleaned up. */
  void cancel(long server, Duration limit) {
    Job job = jobs.get(server);
    if (job != null) {
      job.thread.interrupt();
      job.await(limit);
    }
  }

  /** Waits a moment for each. */
  void awaitAll(Duration each) {
    jobs.values().forEach(job -> job.await(each));
  }

  /**
   * A server as it is now.
   *
   * @throws HttpException 404 when it is gone
   */
  UserServer current(UserServer server) {
    return database.read(tx -> current(tx, server));
  }

  static UserServer current(Transaction tx, UserServer server) {
    return tx.servers()
        .byId(server.id())
        .orElseThrow(() -> new HttpException(404, ServerNames.who(server) + " is gone"));
  }
}
