package dev.orrery.cli;

import dev.orrery.server.hub.HubSettings;
import dev.orrery.server.settings.App;
import dev.orrery.server.settings.ServerSettings;
import dev.orrery.web.Pages;

/** What this is, and whose interface it has. */
final class Version {

  static final String OURS = "0.1.0";

  static final String TEXT =
      "orrery %s (jupyter_server %s, JupyterLab %s, Notebook %s, Java %s)"
          .formatted(
              OURS,
              ServerSettings.SERVER_VERSION,
              Pages.LAB_VERSION,
              Pages.NOTEBOOK_VERSION,
              System.getProperty("java.version"));

  private Version() {}

  /** What scripts that ask a command of Jupyter for its version compare with theirs. */
  static String of(App app) {
    return switch (app) {
      case LAB -> Pages.LAB_VERSION;
      case NOTEBOOK -> Pages.NOTEBOOK_VERSION;
      case SERVER -> ServerSettings.SERVER_VERSION;
      case SINGLEUSER -> HubSettings.HUB_VERSION;
    };
  }
}
