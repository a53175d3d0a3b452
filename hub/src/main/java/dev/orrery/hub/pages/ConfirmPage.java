package dev.orrery.hub.pages;

import dev.orrery.web.Html;
import dev.orrery.web.PageFrame;
import java.util.Map;

/** Asks whether a server of somebody else, or a service, may know who one is, and do more. */
public final class ConfirmPage {

  private final PageFrame frame;

  /** Draws pages of the hub at {@code hubPath}. */
  public ConfirmPage(String hubPath) {
    this.frame = HubFrame.of(hubPath);
  }

  /**
   * The page.
   *
   * @param client what the one who asks calls itself
   * @param scopes what it asks for, with what that means
   */
  public String html(String user, String client, Map<String, String> scopes, String xsrf) {
    var list = new StringBuilder();
    scopes.forEach((scope, description) ->
        list.append(
            """
            <li>
              <input type="hidden" name="scopes" value="%s">
              %s <code>%s</code>
            </li>
            """
                .formatted(Html.escape(scope), Html.escape(description), Html.escape(scope))));
    return frame.html(
        "Let it in?",
        """
        <p><strong>%s</strong> wants to know who you are. You are logged in as <strong>%s</strong>.</p>
        <form method="post">
          <input type="hidden" name="_xsrf" value="%s">
          <p>It could then:</p>
          <ul>%s</ul>
          <button type="submit">Authorize</button>
        </form>
        """
            .formatted(Html.escape(client), Html.escape(user), Html.escape(xsrf), list.toString()));
  }
}
