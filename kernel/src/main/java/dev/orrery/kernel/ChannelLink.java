package dev.orrery.kernel;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.MalformedMessageException;
import dev.orrery.kernel.message.Message;
import dev.orrery.kernel.wire.MessageFormat;
import dev.orrery.kernel.wire.MessageSigner;
import dev.orrery.kernel.wire.OversizedMessageException;
import dev.orrery.kernel.wire.SocketType;
import dev.orrery.kernel.wire.ZmtpConnection;
import dev.orrery.kernel.wire.ZmtpException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel to a kernel process: connects, and connects again whenever the connection ends, until
 * it is closed. What is sent meanwhile waits in a bounded queue. Two virtual threads: one reads and
 * hands on, one writes.
 */
final class ChannelLink implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ChannelLink.class.getName());
  private static final Duration FIRST_RETRY = Duration.ofMillis(10);
  private static final Duration LAST_RETRY = Duration.ofMillis(250);
  private static final int MAX_QUEUED = 10_000;
  private static final long MAX_QUEUED_BYTES = 64L << 20;

  /** A message must fit into the heap several times, for its way to the browsers. */
  static final long MAX_MESSAGE = Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 4);

  private final Channel channel;
  private final ConnectionInfo info;
  private final byte[] identity;
  private final Consumer<Message> receiver;
  private final MessageFormat incoming;
  private final MessageFormat outgoing;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final Queue<Message> queue = new ArrayDeque<>();
  private long queuedBytes;
  private @Nullable ZmtpConnection connection;
  private boolean closed;

  /**
   * Starts connecting.
   *
   * @param receiver gets every valid message on the reading thread
   */
  ChannelLink(Channel channel, ConnectionInfo info, String identity, Consumer<Message> receiver) {
    this.channel = channel;
    this.info = info;
    this.identity = identity.getBytes(StandardCharsets.UTF_8);
    this.receiver = receiver;
    this.incoming = new MessageFormat(new MessageSigner(info.scheme(), info.key()));
    this.outgoing = new MessageFormat(new MessageSigner(info.scheme(), info.key()));
  }

  void start(String name) {
    Thread.ofVirtual().name(name + ' ' + channel.wireName() + " reader").start(this::readForever);
    if (channel != Channel.IOPUB) {
      Thread.ofVirtual()
          .name(name + ' ' + channel.wireName() + " writer")
          .start(this::writeForever);
    }
  }

  /** Queues a message, waiting for room at most {@code limit}. */
  void send(Message message, Duration limit) throws IOException {
    long size = message.size();
    lock.lock();
    try {
      long left = limit.toNanos();
      while (!closed && !hasRoom(size)) {
        if (left <= 0) {
          throw new IOException(
              "The kernel did not take what was sent on %s for %d s."
                  .formatted(channel.wireName(), limit.toSeconds()));
        }
        left = changed.awaitNanos(left);
      }
      if (closed) {
        throw new IOException("The kernel is gone.");
      }
      queue.add(message);
      queuedBytes += size;
      changed.signalAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while sending to a kernel.", e);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a connection; false when there was none in time or the link is closed. */
  boolean awaitConnected(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (connection == null && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return connection != null && !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nobody is connected, so that everything a dead process published was read. */
  boolean awaitDisconnected(Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (connection != null && left > 0) {
        left = changed.awaitNanos(left);
      }
      return connection == null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      queuedBytes = 0;
      if (connection != null) {
        connection.close();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(long size) {
    return queue.isEmpty() || (queue.size() < MAX_QUEUED && queuedBytes + size <= MAX_QUEUED_BYTES);
  }

  private void readForever() {
    Duration retry = FIRST_RETRY;
    boolean complained = false;
    while (true) {
      try (var opened =
          ZmtpConnection.connect(
              info.address(channel),
              channel == Channel.IOPUB ? SocketType.SUB : SocketType.DEALER,
              identity,
              channel == Channel.IOPUB ? 64 * 1024 : 8 * 1024,
              MAX_MESSAGE)) {
        if (!connected(opened)) {
          return;
        }
        retry = FIRST_RETRY;
        readAll(opened);
      } catch (ZmtpException e) {
        LOG.log(complained ? DEBUG : WARNING, "Kernel channel {0}: {1}", channel, e.getMessage());
        complained = true;
      } catch (IOException | RuntimeException e) {
        LOG.log(DEBUG, () -> "Kernel channel " + channel.wireName() + " is not connected", e);
      } catch (OutOfMemoryError e) {
        LOG.log(ERROR, "A message of a kernel does not fit into memory and was lost", e);
      }
      if (!disconnected(retry)) {
        return;
      }
      retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
    }
  }

  private void readAll(ZmtpConnection from) throws IOException {
    while (true) {
      Message message;
      try {
        message = incoming.decode(channel, from.read());
      } catch (OversizedMessageException e) {
        LOG.log(WARNING, "Kernel channel {0}: {1}", channel, e.getMessage());
        Optional<Message> notice = incoming.noticeOf(channel, e);
        if (notice.isEmpty()) {
          continue;
        }
        message = notice.get();
      } catch (MalformedMessageException e) {
        LOG.log(WARNING, "Dropped what a kernel sent: {0}", e.getMessage());
        continue;
      }
      try {
        receiver.accept(message);
      } catch (RuntimeException e) {
        LOG.log(ERROR, "Handling a message of a kernel failed", e);
      }
    }
  }

  private boolean connected(ZmtpConnection opened) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      connection = opened;
      changed.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits before the next attempt; false when there must not be one. */
  private boolean disconnected(Duration retry) {
    lock.lock();
    try {
      connection = null;
      changed.signalAll();
      long left = retry.toNanos();
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void writeForever() {
    while (true) {
      ZmtpConnection to;
      Message message;
      lock.lock();
      try {
        while (!closed && (connection == null || queue.isEmpty())) {
          changed.await(1, TimeUnit.MINUTES);
        }
        if (closed) {
          return;
        }
        to = Objects.requireNonNull(connection);
        message = queue.remove();
        queuedBytes -= message.size();
        changed.signalAll();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } finally {
        lock.unlock();
      }
      try {
        to.write(outgoing.encode(message));
      } catch (IOException e) {
        LOG.log(DEBUG, () -> "A message to a kernel that just ended is lost: " + message, e);
        to.close();
        awaitOther(to);
      }
    }
  }

  /** Leaves the queue alone until the reader has noticed that this connection is over. */
  private void awaitOther(ZmtpConnection broken) {
    lock.lock();
    try {
      while (!closed && connection == broken) {
        changed.await(1, TimeUnit.MINUTES);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
