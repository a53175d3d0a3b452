package dev.orrery.proxy.forward;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Writes responses to one client, of which one at a time is on its way. */
final class ResponseEncoder extends HttpResponseEncoder {

  private boolean head;

  /** Says of the next response whether it answers a HEAD, and so has no body whatever it says. */
  void answersHead(boolean answersHead) {
    this.head = answersHead;
  }

  @Override
  protected boolean isContentAlwaysEmpty(HttpResponse message) {
    return head || super.isContentAlwaysEmpty(message);
  }
}
