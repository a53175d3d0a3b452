package dev.orrery.kernel;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.JsonFields;
import dev.orrery.kernel.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps everything it hears, and lets a test wait for a message. */
final class RecordingListener implements KernelListener {

  private static final long LIMIT_SECONDS = 40;

  private final LinkedBlockingQueue<Message> queue = new LinkedBlockingQueue<>(500_000);
  private final List<Message> taken = new ArrayList<>();
  private final AtomicReference<@Nullable DetachReason> detached = new AtomicReference<>();

  @Override
  public void message(Message message) {
    queue.add(message);
  }

  @Override
  public void detached(DetachReason reason) {
    detached.set(reason);
  }

  @Nullable DetachReason detachReason() {
    return detached.get();
  }

  /** Everything heard so far, in order. */
  List<Message> heard() {
    queue.drainTo(taken);
    return List.copyOf(taken);
  }

  /** The next message that fits; those before it count as heard. */
  Message await(String what, Predicate<Message> wanted) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      Message message = queue.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (message == null) {
        throw new AssertionError(
            "No "
                + what
                + "; heard "
                + taken.subList(Math.max(0, taken.size() - 20), taken.size()));
      }
      taken.add(message);
      if (wanted.test(message)) {
        return message;
      }
    }
  }

  /** As {@link #await}, but what was heard before counts too. */
  private Message awaitAnywhere(String what, Predicate<Message> wanted)
      throws InterruptedException {
    for (Message message : heard()) {
      if (wanted.test(message)) {
        return message;
      }
    }
    return await(what, wanted);
  }

  Message awaitReplyTo(Message request) throws InterruptedException {
    return awaitAnywhere(
        "reply to " + request,
        message -> message.channel() == request.channel() && answers(message, request));
  }

  void awaitIdleAfter(Message request) throws InterruptedException {
    awaitAnywhere(
        "idle after " + request,
        message ->
            type(message).equals("status")
                && answers(message, request)
                && content(message).contains("idle"));
  }

  void awaitStatus(String state) throws InterruptedException {
    await(
        "status " + state,
        message -> type(message).equals("status") && content(message).contains(state));
  }

  /** The joined text of the streams heard so far that answer a request. */
  String textOf(Message request) {
    var text = new StringBuilder();
    for (Message message : heard()) {
      if (type(message).equals("stream") && answers(message, request)) {
        text.append(JsonFields.string(message.content(), "text"));
      }
    }
    return text.toString();
  }

  static boolean answers(Message message, Message request) {
    return message.parsedParent().msgId().equals(request.parsedHeader().msgId());
  }

  static String type(Message message) {
    return message.parsedHeader().msgType();
  }

  static String content(Message message) {
    return new String(message.content(), StandardCharsets.UTF_8);
  }

  static boolean isOn(Message message, Channel channel) {
    return message.channel() == channel;
  }
}
