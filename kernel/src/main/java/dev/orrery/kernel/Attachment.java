package dev.orrery.kernel;

import dev.orrery.kernel.message.Message;
import java.io.IOException;
import java.util.List;

/** One session's connection to a kernel. Thread-safe. */
public interface Attachment extends AutoCloseable {

  /**
   * Hands a message to the kernel; it is signed and its parts go out as they are. Returns when it
   * is in the bounded queue of its channel, not when the kernel has it. Waits while that queue is
   * full.
   *
   * @throws IOException when the queue stayed full for {@link KernelSettings.Waits#send}, the
   *     message is for iopub, or the attachment or the kernel is closed
   */
  void send(Message message) throws IOException;

  /**
   * Ends the attachment as {@link #close} does, and keeps messages that the listener was given and
   * could not deliver: they come first when the session attaches again.
   *
   * @param undelivered in the order they were given; the oldest first
   */
  void closeKeeping(List<Message> undelivered);

  /** Ends the attachment, keeping what still comes for its session. Closing twice is harmless. */
  @Override
  void close();
}
