package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import dev.orrery.hub.store.DatabaseException;

/** What people read when something is not there, not allowed, or does not work. */
public final class ErrorPages {

  private static final System.Logger LOG = System.getLogger(ErrorPages.class.getName());

  private final Site site;

  /** Pages of this site; none of them needs the database. */
  public ErrorPages(Site site) {
    this.site = site;
  }

  /** Adds what this class answers: the pages that the proxy shows for its own errors. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/error/{code}", this::ofProxy);
  }

  /** The page of an error. */
  public String page(Exchange exchange, int status, String message) {
    Texts texts = site.texts(exchange);
    String title =
        switch (status) {
          case 403, 404, 429, 503 -> texts.say("error." + status);
          default -> texts.say(status < 500 ? "error.client" : "error.server");
        };
    String advice =
        switch (status) {
          case 403, 404, 503 -> texts.say("error.advice." + status);
          default -> texts.say(status < 500 ? "error.advice.client" : "error.advice.server");
        };
    Frame frame = site.frame(exchange, "error");
    return Site.html(
        out -> JteerrorGenerated.render(out, Site.NOBODY, frame, title, message, advice));
  }

  /** The proxy has the status already; what it wants is the page. */
  private void ofProxy(Exchange exchange) {
    String code = exchange.parameter("code");
    if (!code.matches("[45][0-9][0-9]")) {
      throw new HttpException(404, "There is no page for the status " + code);
    }
    exchange.set("Cache-Control", "no-store");
    exchange.sendHtml(200, page(exchange, Integer.parseInt(code), ""));
  }

  /**
   * Says that the database can't be used; the log has what is the matter.
   *
   * @throws HttpException always
   */
  public void databaseGone(DatabaseException cause) {
    LOG.log(System.Logger.Level.ERROR, cause.getMessage());
    throw new HttpException(
        503, "The database does not answer. Try again in a moment; nothing was changed.");
  }
}
