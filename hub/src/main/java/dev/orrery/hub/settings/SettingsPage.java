package dev.orrery.hub.settings;

import dev.orrery.config.Declarations;
import dev.orrery.config.Reference;

/** The page of the documentation that lists what can be set, made of what the code declares. */
public final class SettingsPage {

  private SettingsPage() {}

  /** The whole page, in Markdown. */
  public static String text(Declarations declarations) {
    return """
    # Settings of the hub

    Made from what the hub declares. What is set where: [hub.md](../hub.md).

    """
        + Reference.table(declarations);
  }
}
