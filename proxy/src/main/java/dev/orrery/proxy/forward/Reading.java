package dev.orrery.proxy.forward;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

/** Whether a connection is read from: how back-pressure gets from one side to the other. */
final class Reading {

  private Reading() {}

  /** Reads on, unless there is nothing to come: asking for more of an ended input is an error. */
  static void resume(Channel channel) {
    boolean ended = channel instanceof DuplexChannel duplex && duplex.isInputShutdown();
    if (!ended && channel.isOpen()) {
      channel.config().setAutoRead(true);
    }
  }

  /** Leaves what comes in the system's buffers, and so with whoever sends it. */
  static void pause(Channel channel) {
    channel.config().setAutoRead(false);
  }
}
