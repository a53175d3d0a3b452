package dev.orrery.server.settings;

/** Which of the landing pages a server has, and whether a hub started it. */
public enum App {
  LAB("LabApp", "/lab", true),
  SERVER("ServerApp", "/lab", false),
  NOTEBOOK("JupyterNotebookApp", "/tree", true),
  SINGLEUSER("JupyterHubSingleUser", "/lab", false);

  private final String className;
  private final String defaultUrl;
  private final boolean opensBrowser;

  App(String className, String defaultUrl, boolean opensBrowser) {
    this.className = className;
    this.defaultUrl = defaultUrl;
    this.opensBrowser = opensBrowser;
  }

  /** The name of upstream's application class. */
  public String className() {
    return className;
  }

  String defaultUrl() {
    return defaultUrl;
  }

  boolean opensBrowser() {
    return opensBrowser;
  }
}
