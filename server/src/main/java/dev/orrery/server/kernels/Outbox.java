package dev.orrery.server.kernels;

import dev.orrery.http.Json;
import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What waits to be sent to one page: bounded, filled by a kernel's reader that never waits, emptied
 * by the socket's sender. Stream output that follows stream output of the same cell is joined, so a
 * loop that prints costs the page few messages; above the rate limits the sender pauses before
 * streams, which joins more of them. Nothing is lost until the bound is reached.
 */
final class Outbox {

  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_JOINED = 1 << 20;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final SocketSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long bytes;
  private @Nullable End end;

  private long windowStart = System.nanoTime();
  private long sentMessages;
  private long sentStreamBytes;

  Outbox(SocketSettings settings) {
    this.settings = settings;
  }

  /**
   * Why no more comes, as the connection's close says it.
   *
   * @param isFull whether the bound was reached; what waits then is not sent
   */
  record End(int code, String reason, boolean isFull) {}

  private static final End FULL = new End(1013, "too slow, connect again", true);

  private sealed interface Entry {
    long size();

    Message asMessage();
  }

  private record Whole(Message message) implements Entry {
    @Override
    public long size() {
      return message.size();
    }

    @Override
    public Message asMessage() {
      return message;
    }
  }

  /** Output of one cell to one stream, growing while it waits. */
  private static final class Stream implements Entry {
    final Message first;
    final String parent;
    final String name;
    final StringBuilder text;

    Stream(Message first, String parent, String name, String text) {
      this.first = first;
      this.parent = parent;
      this.name = name;
      this.text = new StringBuilder(text);
    }

    @Override
    public long size() {
      return first.size() + text.length();
    }

    @Override
    public Message asMessage() {
      byte[] content = Json.bytes(Json.object().put("name", name).put("text", text.toString()));
      return new Message(
          first.channel(),
          first.header(),
          first.parentHeader(),
          first.metadata(),
          content,
          first.buffers());
    }
  }

  /**
   * Puts a message in.
   *
   * @return false when the bound is reached; nothing more is taken then, this message neither
   */
  boolean offer(Message message) {
    lock.lock();
    try {
      if (end != null) {
        return true;
      }
      if (bytes + message.size() > MAX_BYTES) {
        end = FULL;
        filled.signal();
        return false;
      }
      if (!join(message)) {
        Entry entry = new Whole(message);
        entries.addLast(entry);
        bytes += entry.size();
      }
      filled.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Joins a stream message to what waits last, or makes it joinable; false when it has to go as it
   * is.
   */
  private boolean join(Message message) {
    // A page that keeps up gets each message as it came; only what has to wait is joined.
    if (entries.isEmpty() || message.channel() != Channel.IOPUB || !message.buffers().isEmpty()) {
      return false;
    }
    Header header = message.parsedHeader();
    if (!header.msgType().equals("stream")) {
      return false;
    }
    try {
      JsonNode content = Json.parse(message.content());
      String name = content.path("name").asString("");
      String text = content.path("text").asString("");
      String parent = message.parsedParent().msgId();
      if (entries.getLast() instanceof Stream last
          && last.name.equals(name)
          && last.parent.equals(parent)
          && last.text.length() < MAX_JOINED) {
        last.text.append(text);
        bytes += text.length();
      } else {
        Entry entry = new Stream(message, parent, name, text);
        entries.addLast(entry);
        bytes += entry.size();
      }
      return true;
    } catch (JacksonException e) {
      return false;
    }
  }

  /** No more will come; what waits is still sent. The first reason counts. */
  void end(int code, String reason) {
    lock.lock();
    try {
      if (end == null) {
        end = new End(code, reason, false);
      }
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Why no more comes; empty while more may. */
  Optional<End> end() {
    lock.lock();
    try {
      return Optional.ofNullable(end);
    } finally {
      lock.unlock();
    }
  }

  /** Takes out all that waits, oldest first. */
  List<Message> drain() {
    lock.lock();
    try {
      var rest = new ArrayList<Message>(entries.size());
      entries.forEach(entry -> rest.add(entry.asMessage()));
      entries.clear();
      bytes = 0;
      return rest;
    } finally {
      lock.unlock();
    }
  }

  /** The next message; waits for one. Null when no more will come. */
  @Nullable Message take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (end != null && end.isFull()) {
          return null;
        }
        if (entries.isEmpty()) {
          if (end != null) {
            return null;
          }
          filled.await();
          continue;
        }
        if (!mustPause(entries.getFirst())) {
          break;
        }
        filled.awaitNanos(PAUSE_NANOS);
      }
      Entry next = entries.removeFirst();
      bytes -= next.size();
      count(next);
      return next.asMessage();
    } finally {
      lock.unlock();
    }
  }

  private boolean mustPause(Entry next) {
    if (!settings.limitRate() || end != null) {
      return false;
    }
    boolean stream =
        switch (next) {
          case Stream _ -> true;
          case Whole whole -> whole.message().parsedHeader().msgType().equals("stream");
        };
    // What follows a stream would overtake it if it were sent first, so only the head counts.
    return stream && entries.size() == 1 && isOverLimit();
  }

  private boolean isOverLimit() {
    double seconds = settings.window().toNanos() / 1e9;
    if (System.nanoTime() - windowStart > settings.window().toNanos()) {
      windowStart = System.nanoTime();
      sentMessages = 0;
      sentStreamBytes = 0;
    }
    return settings.messagesPerSecond() > 0 && sentMessages > settings.messagesPerSecond() * seconds
        || settings.bytesPerSecond() > 0 && sentStreamBytes > settings.bytesPerSecond() * seconds;
  }

  private void count(Entry sent) {
    sentMessages++;
    if (sent instanceof Stream stream) {
      sentStreamBytes += stream.text.length();
    }
  }
}
