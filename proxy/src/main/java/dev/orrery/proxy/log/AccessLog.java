package dev.orrery.proxy.log;

import static java.lang.System.Logger.Level.ERROR;

import dev.orrery.proxy.forward.RequestLog;
import dev.orrery.proxy.forward.Served;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a line of JSON for each request, on a thread of its own: a slow disk holds up no request.
 * When more comes than can be written, lines are left out, and the next line says how many.
 * Thread-safe.
 */
public final class AccessLog implements RequestLog, Closeable {

  private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());

  private static final int WAITING = 16_384;
  private static final int BATCH = 1_024;
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LAST_LINES = Duration.ofSeconds(5);
  private static final Duration COMPLAINT = Duration.ofMinutes(1);

  private final Sink sink;
  private final BlockingQueue<Served> waiting = new ArrayBlockingQueue<>(WAITING);
  private final AtomicLong leftOut = new AtomicLong();
  private final Thread writer;
  private volatile boolean closing;
  private long complained = System.nanoTime() - COMPLAINT.toNanos();

  /** Where lines go. Used by one thread. */
  public interface Sink extends Closeable {

    /** Writes text, whole lines of it. */
    void write(String lines) throws IOException;
  }

  /** Begins to write. Takes {@code sink} over, and closes it at its own end. */
  public AccessLog(Sink sink) {
    this.sink = sink;
    this.writer = Thread.ofPlatform().name("access log").daemon().start(this::run);
  }

  @Override
  public void served(Served request) {
    if (!waiting.offer(request)) {
      leftOut.incrementAndGet();
    }
  }

  private void run() {
    List<Served> batch = new ArrayList<>(BATCH);
    try {
      while (!closing || !waiting.isEmpty()) {
        Served first = waiting.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          waiting.drainTo(batch, BATCH - 1);
          write(batch);
          batch.clear();
        }
      }
    } catch (InterruptedException e) {
      // Closed, and the time for the last lines is over.
      Thread.currentThread().interrupt();
    }
  }

  private void write(List<Served> batch) {
    var lines = new StringBuilder();
    long missing = leftOut.getAndSet(0);
    if (missing > 0) {
      lines.append(AccessLine.leftOut(missing)).append('\n');
    }
    for (Served request : batch) {
      lines.append(AccessLine.of(request)).append('\n');
    }
    try {
      sink.write(lines.toString());
    } catch (IOException e) {
      leftOut.addAndGet(missing + batch.size());
      if (System.nanoTime() - complained >= COMPLAINT.toNanos()) {
        complained = System.nanoTime();
        LOG.log(ERROR, "The access log can't be written: " + e.getMessage());
      }
    }
  }

  /** Writes what waits, for some seconds at most. */
  @Override
  public void close() throws IOException {
    closing = true;
    try {
      if (!writer.join(LAST_LINES)) {
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sink.close();
  }
}
