package dev.orrery.server.pages;

import dev.orrery.web.Html;
import dev.orrery.web.PageFrame;
import java.util.Map;

/**
 * The few pages that are ours: login, logout, errors. Work without scripts and without other files
 * than one style sheet.
 */
public final class Page {

  private Page() {}

  /**
   * The page that asks for a token or password.
   *
   * @param action where the form goes, with its query
   * @param xsrf the token the form sends back
   * @param byToken whether a token is asked for, else a password
   * @param message why it is shown again; empty the first time
   */
  public static String login(
      String basePath, String action, String xsrf, boolean byToken, String message) {
    String what = byToken ? "token" : "password";
    String help =
        byToken
            ? """
            <details>
              <summary>Where is the token?</summary>
              <p>The terminal that runs the server printed an address that ends with <code>?token=…</code>. Open that
              address, or paste what follows <code>token=</code> here.</p>
              <p>On the machine of the server <code>orrery list</code> prints the addresses of all running servers.</p>
            </details>
            """
            : "";
    String body =
        """
        <form method="post" action="%s" autocomplete="off">
          <input type="hidden" name="_xsrf" value="%s">
          <label for="password">%s</label>
          <input type="password" name="password" id="password" autofocus required%s>
          %s
          <button type="submit">Log in</button>
        </form>
        %s
        """
            .formatted(
                Html.escape(action),
                Html.escape(xsrf),
                byToken ? "Token" : "Password",
                message.isEmpty() ? "" : " aria-describedby=\"problem\" aria-invalid=\"true\"",
                message.isEmpty()
                    ? ""
                    : "<p class=\"problem\" id=\"problem\" role=\"alert\">"
                        + Html.escape(message)
                        + "</p>",
                help);
    return frame(basePath, "Log in", "Enter the " + what + " to open this server.", body);
  }

  /** A sentence and a way on. */
  public static String message(
      String basePath, String title, String text, String link, String linkText) {
    return frame(
        basePath,
        title,
        text,
        "<p><a class=\"button\" href=\"%s\">%s</a></p>"
            .formatted(Html.escape(basePath + link), Html.escape(linkText)));
  }

  /**
   * A sentence and several ways on.
   *
   * @param links addresses and what stands on them, in their order
   */
  public static String message(
      String basePath, String title, String text, Map<String, String> links) {
    StringBuilder body = new StringBuilder();
    links.forEach((address, label) ->
        body.append(
            "<p><a class=\"button\" href=\"%s\">%s</a></p>\n"
                .formatted(Html.escape(address), Html.escape(label))));
    return frame(basePath, title, text, body.toString());
  }

  private static String frame(String basePath, String title, String lead, String body) {
    var frame =
        new PageFrame(
            basePath + "static/orrery/", "image/x-icon", basePath + "static/favicons/favicon.ico");
    return frame.html(title, "<p>" + Html.escape(lead) + "</p>\n    " + body);
  }
}
