package dev.orrery.http;

import java.io.IOException;

/** Answers one request, on a virtual thread of its own; may block. */
@FunctionalInterface
public interface Handler {

  /**
   * Answers the request: calls exactly one of the sending methods of {@code exchange}.
   *
   * @throws HttpException for an answer of 400 or above
   * @throws IOException when the client or a file fails; answered with 500 if nothing was sent yet
   */
  void handle(Exchange exchange) throws IOException;
}
