package dev.orrery.http;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** How a server tells that a request failed: a page to people, JSON to programs. */
@FunctionalInterface
public interface ErrorPage {

  /**
   * Draws one page.
   *
   * @param message what to say; not escaped yet
   * @return a whole HTML document
   */
  String html(Exchange exchange, int status, String message);

  /**
   * The body for programs; here that of all APIs of a notebook server.
   *
   * @param reason a short machine-readable word, or null
   */
  default ObjectNode json(int status, String message, @Nullable String reason) {
    ObjectNode body = Json.object().put("message", message).put("reason", reason);
    if (status == 500) {
      // The key is part of the API; its value has been empty since CVE-2023-49080.
      body.put("traceback", "");
    }
    return body;
  }
}
