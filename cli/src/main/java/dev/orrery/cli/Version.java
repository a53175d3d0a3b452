package dev.orrery.cli;

import dev.orrery.server.settings.ServerSettings;
import dev.orrery.web.Pages;

/** What this is, and whose interface it has. */
final class Version {

  static final String TEXT =
      "orrery 0.1.0 (jupyter_server %s, JupyterLab %s, Notebook %s, Java %s)"
          .formatted(
              ServerSettings.SERVER_VERSION,
              Pages.LAB_VERSION,
              Pages.NOTEBOOK_VERSION,
              System.getProperty("java.version"));

  private Version() {}
}
