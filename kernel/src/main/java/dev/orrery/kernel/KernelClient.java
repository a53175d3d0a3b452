package dev.orrery.kernel;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The only owner of the channels of one kernel process. A restarted kernel gets a new client, so
 * nothing meant for the old process reaches the new one.
 */
final class KernelClient implements AutoCloseable {

  private final Map<Channel, ChannelLink> links = new EnumMap<>(Channel.class);
  private final List<ChannelLink> former = new ArrayList<>();

  /**
   * Starts connecting, and goes on until the kernel listens.
   *
   * @param sessions ours, which is also the identity by which the kernel finds our stdin channel;
   *     then those of clients that are gone, whose cells may still ask something. Requests need an
   *     identity of their own: a kernel that is at work does not know yet that another client is
   *     gone, and may never listen to one of the same identity
   * @param receiver gets every message, on the reading thread of its channel
   */
  KernelClient(
      String kernelId, ConnectionInfo info, List<String> sessions, Consumer<Message> receiver) {
    for (Channel channel : Channel.values()) {
      links.put(channel, new ChannelLink(channel, info, sessions.getFirst(), receiver));
    }
    for (String gone : sessions.subList(1, sessions.size())) {
      former.add(new ChannelLink(Channel.STDIN, info, gone, receiver));
    }
    links.values().forEach(link -> link.start("kernel " + kernelId));
    former.forEach(link -> link.start("kernel " + kernelId));
  }

  /** Queues a message for its channel; see {@link Attachment#send}. */
  void send(Message message, Duration limit) throws IOException {
    if (message.channel() == Channel.IOPUB) {
      throw new IOException("Nothing can be sent on iopub; a kernel only publishes there.");
    }
    link(message.channel()).send(message, limit);
  }

  /** Waits until the kernel takes requests and publishes to us; false when it did not in time. */
  boolean awaitConnected(Duration limit) throws InterruptedException {
    return link(Channel.IOPUB).awaitConnected(limit)
        && link(Channel.SHELL).awaitConnected(limit)
        && link(Channel.CONTROL).awaitConnected(limit);
  }

  /** Waits until what an ended process published has been handed on. */
  void drain(Duration limit) throws InterruptedException {
    link(Channel.IOPUB).awaitDisconnected(limit);
  }

  @Override
  public void close() {
    links.values().forEach(ChannelLink::close);
    former.forEach(ChannelLink::close);
  }

  private ChannelLink link(Channel channel) {
    return Objects.requireNonNull(links.get(channel));
  }
}
