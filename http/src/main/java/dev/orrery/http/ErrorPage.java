package dev.orrery.http;

/** Draws the page a person sees when a request fails. */
@FunctionalInterface
public interface ErrorPage {

  /**
   * Draws one page.
   *
   * @param message what to say; not escaped yet
   * @return a whole HTML document
   */
  String html(Exchange exchange, int status, String message);
}
