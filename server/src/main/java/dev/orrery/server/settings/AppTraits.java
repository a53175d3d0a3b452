package dev.orrery.server.settings;

import dev.orrery.config.Trait;

/**
 * What each command that opens pages says of itself and, as upstream, counts more than what is said
 * of all servers: {@code LabApp.open_browser} more than {@code ServerApp.open_browser}.
 */
final class AppTraits {

  static final Trait<Boolean> LAB_OPEN_BROWSER =
      Trait.bool("LabApp.open_browser", true, "Open a browser at the start of 'orrery lab'.");
  static final Trait<Boolean> NOTEBOOK_OPEN_BROWSER =
      Trait.bool(
          "JupyterNotebookApp.open_browser",
          true,
          "Open a browser at the start of 'orrery notebook'.");
  static final Trait<String> LAB_DEFAULT_URL =
      Trait.string("LabApp.default_url", "/lab", "Where / of 'orrery lab' leads to.");
  static final Trait<String> NOTEBOOK_DEFAULT_URL =
      Trait.string(
          "JupyterNotebookApp.default_url", "/tree", "Where / of 'orrery notebook' leads to.");

  private AppTraits() {}

  /** The setting that decides about a browser. */
  static Trait<Boolean> openBrowser(Given given, App app) {
    return switch (app) {
      case LAB -> given.stronger(LAB_OPEN_BROWSER, ServerTraits.OPEN_BROWSER);
      case NOTEBOOK -> given.stronger(NOTEBOOK_OPEN_BROWSER, ServerTraits.OPEN_BROWSER);
      case SERVER, SINGLEUSER -> ServerTraits.OPEN_BROWSER;
    };
  }

  /** The setting that decides about the landing page. */
  static Trait<String> defaultUrl(Given given, App app) {
    return switch (app) {
      case LAB -> given.stronger(LAB_DEFAULT_URL, ServerTraits.DEFAULT_URL);
      case NOTEBOOK -> given.stronger(NOTEBOOK_DEFAULT_URL, ServerTraits.DEFAULT_URL);
      case SERVER, SINGLEUSER -> ServerTraits.DEFAULT_URL;
    };
  }
}
