package dev.orrery.web;

/**
 * What our own pages have around what they say. They work without other files than a style sheet
 * and a mark.
 *
 * @param assets the path below which {@code page.css} and {@code mark.svg} are; ends with a slash
 * @param iconType the media type of the icon
 * @param icon its path
 */
public record PageFrame(String assets, String iconType, String icon) {

  /**
   * A whole document.
   *
   * @param title not escaped yet
   * @param body HTML
   */
  public String html(String title, String body) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%s · Orrery</title>
      <link rel="icon" type="%s" href="%s">
      <link rel="stylesheet" href="%spage.css">
    </head>
    <body>
      <main>
        <img class="mark" src="%smark.svg" alt="" width="56" height="56">
        <h1>%s</h1>
        %s
      </main>
    </body>
    </html>
    """
        .formatted(
            Html.escape(title),
            Html.escape(iconType),
            Html.escape(icon),
            Html.escape(assets),
            Html.escape(assets),
            Html.escape(title),
            body);
  }
}
