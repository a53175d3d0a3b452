package dev.orrery.hub.pages;

import dev.orrery.http.HttpException;
import dev.orrery.hub.store.DatabaseException;
import dev.orrery.web.Html;
import dev.orrery.web.PageFrame;

/** What people read when something is not there, not allowed, or does not work. */
public final class ErrorPages {

  private static final System.Logger LOG = System.getLogger(ErrorPages.class.getName());

  private final PageFrame frame;
  private final String hubPath;

  /** Pages that lead on to what is below {@code hubPath}. */
  public ErrorPages(String hubPath) {
    this.frame = HubFrame.of(hubPath);
    this.hubPath = hubPath;
  }

  /** The page of an error. */
  public String page(int status, String message) {
    String title =
        switch (status) {
          case 403 -> "Not allowed";
          case 404 -> "Not found";
          case 503 -> "Not available at the moment";
          default -> status < 500 ? "That did not work" : "Something went wrong";
        };
    return frame.html(
        title,
        "<p>%s</p><p><a class=\"button\" href=\"%shome\">Go to the start page</a></p>"
            .formatted(Html.escape(message), Html.escape(hubPath)));
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
