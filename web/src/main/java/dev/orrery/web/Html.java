package dev.orrery.web;

/** Text inside HTML. */
public final class Html {

  private Html() {}

  /** {@code text} so that it stands for itself in an element or a quoted attribute. */
  public static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
