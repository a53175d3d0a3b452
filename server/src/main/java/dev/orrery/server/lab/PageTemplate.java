package dev.orrery.server.lab;

import dev.orrery.http.Json;
import dev.orrery.web.Html;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/**
 * The HTML pages of JupyterLab and Notebook are Jinja templates of a few fixed constructs; this
 * fills in just those. Source: {@code static/index.html} of jupyterlab 4.6 and {@code
 * templates/*.html} of notebook 7.6.
 */
final class PageTemplate {

  private static final Pattern COMMENT = Pattern.compile("\\{#.*?#}", Pattern.DOTALL);
  private static final Pattern EXTRA =
      Pattern.compile("page_config_full\\.update\\(notebookPage='(\\w+)'\\)");
  private static final Pattern CUSTOM_CSS =
      Pattern.compile("\\{%\\s*if custom_css\\s*%}(.*?)\\{%\\s*endif\\s*%}", Pattern.DOTALL);
  private static final Pattern STATEMENT = Pattern.compile("\\{%.*?%}", Pattern.DOTALL);
  private static final Pattern EXPRESSION = Pattern.compile("\\{\\{(.*?)}}", Pattern.DOTALL);

  private final String text;
  private final String notebookPage;

  private PageTemplate(String text, String notebookPage) {
    this.text = text;
    this.notebookPage = notebookPage;
  }

  /** Reads a template. */
  static PageTemplate read(Path file) throws IOException {
    String text = COMMENT.matcher(Files.readString(file)).replaceAll("");
    Matcher extra = EXTRA.matcher(text);
    return new PageTemplate(text, extra.find() ? extra.group(1) : "");
  }

  /**
   * The page.
   *
   * @param config what the page's scripts read; not changed
   * @param customCss whether the user's style sheet is linked
   */
  String fill(ObjectNode config, boolean customCss) {
    ObjectNode full = config.deepCopy();
    if (!notebookPage.isEmpty()) {
      full.put("notebookPage", notebookPage);
    }
    String page = CUSTOM_CSS.matcher(text).replaceAll(customCss ? "$1" : "");
    page = STATEMENT.matcher(page).replaceAll("");
    return EXPRESSION
        .matcher(page)
        .replaceAll(
            expression -> Matcher.quoteReplacement(value(expression.group(1).strip(), full)));
  }

  private static String value(String expression, ObjectNode config) {
    return switch (expression) {
      case "page_config_full | tojson" -> scriptSafe(Json.text(config));
      case "base_url | escape" -> Html.escape(config.path("baseUrl").asString("/"));
      case "page_config['appName'] | e" -> Html.escape(config.path("appName").asString(""));
      case "page_config.fullStaticUrl", "page_config['fullStaticUrl'] | e" ->
          Html.escape(config.path("fullStaticUrl").asString(""));
      default -> "";
    };
  }

  /** JSON that can stand inside a script element. */
  private static String scriptSafe(String json) {
    return json.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("'", "\\u0027");
  }
}
