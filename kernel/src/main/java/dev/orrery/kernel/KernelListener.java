package dev.orrery.kernel;

import dev.orrery.kernel.message.Message;
import java.util.List;

/**
 * Receives what a kernel says to one session.
 *
 * <p>Both methods are called on a thread that reads from the kernel, with a lock of the kernel
 * held: they must not block and must not wait for another thread. A listener that writes to a
 * socket puts the message into a bounded queue of its own and closes its {@link Attachment} when
 * the queue is full. Calling {@link Attachment#close} from here is allowed. Messages come one at a
 * time; those of one channel in the order the kernel sent them. What a listener throws is logged
 * and ends its attachment.
 */
public interface KernelListener {

  /**
   * A message for this session. While {@link Kernel#attach} runs it is called with everything that
   * was kept while the session was away, up to {@link KernelSettings.OfflineBuffering#bytes}: size
   * the queue for that.
   */
  void message(Message message);

  /** The kernel let go; no message follows. Not called after {@link Attachment#close}. */
  void detached(DetachReason reason);

  /**
   * Another listener attaches with the same session: the kernel let go of this one, as with {@link
   * DetachReason#REPLACED}, and hands what this one could not deliver to the other.
   *
   * @return what it was given and now will not deliver, the oldest first
   */
  default List<Message> replaced() {
    detached(DetachReason.REPLACED);
    return List.of();
  }
}
