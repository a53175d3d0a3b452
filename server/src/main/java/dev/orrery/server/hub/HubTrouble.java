package dev.orrery.server.hub;

import dev.orrery.http.HttpException;
import java.io.IOException;

/** The hub could not be asked, or said something that is no answer. */
final class HubTrouble extends IOException {

  private static final long serialVersionUID = 1L;

  private final int status;

  private HubTrouble(int status, String sentence) {
    super(sentence);
    this.status = status;
  }

  /** No connection, or no answer in time: it may come back. */
  static HubTrouble unreachable(String sentence) {
    return new HubTrouble(503, sentence);
  }

  /** An answer that is none. */
  static HubTrouble badAnswer(String sentence) {
    return new HubTrouble(502, sentence);
  }

  /** What a visitor is told; the log knows more. */
  HttpException forVisitor() {
    return new HttpException(
        status,
        status == 503
            ? "The hub that decides who may come in can't be reached. Try again in a moment."
            : "The hub that decides who may come in did not give a usable answer. Try again in a"
                + " moment.");
  }
}
