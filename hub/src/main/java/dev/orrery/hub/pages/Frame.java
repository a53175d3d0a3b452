package dev.orrery.hub.pages;

/** What all pages have around what they say. */
final class Frame {

  private final String hubPath;

  Frame(String hubPath) {
    this.hubPath = hubPath;
  }

  /**
   * A whole page.
   *
   * @param title not escaped yet
   * @param body HTML
   */
  String page(String title, String body) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%s · Orrery</title>
      <link rel="icon" type="image/svg+xml" href="%sstatic/mark.svg">
      <link rel="stylesheet" href="%sstatic/page.css">
    </head>
    <body>
      <main>
        <img class="mark" src="%sstatic/mark.svg" alt="" width="56" height="56">
        <h1>%s</h1>
        %s
      </main>
    </body>
    </html>
    """
        .formatted(
            escape(title), escape(hubPath), escape(hubPath), escape(hubPath), escape(title), body);
  }

  /** Text so that it stands for itself in an element or a quoted attribute. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
