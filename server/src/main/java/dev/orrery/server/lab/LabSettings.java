package dev.orrery.server.lab;

import java.nio.file.Path;
import java.util.Set;

/**
 * How the pages are shown.
 *
 * @param labVersion of the pages in {@code appDir}
 * @param notebookVersion of the Notebook pages
 * @param serverVersion the jupyter_server version we stand for
 * @param root the folder of the user's files
 * @param preferredPath the folder the file browser opens, relative to the root
 * @param websocketUrl empty for the page's own server
 * @param customCss whether JupyterLab links the user's style sheet
 * @param notebookCustomCss whether Notebook does
 * @param exposeApp whether the page's application object is reachable by scripts
 * @param quitButton whether the page can shut the server down
 * @param terminals whether terminals can be had
 * @param allowHidden whether hidden files can be shown
 * @param deleteToTrash whether deleting is called moving to trash
 * @param untrackedTypes message types that do not count as activity
 * @param lockAllPlugins whether users may enable and disable no plugin
 * @param systemLocale the language of the process, such as {@code fr_FR} or {@code en}
 */
public record LabSettings(
    String labVersion,
    String notebookVersion,
    String serverVersion,
    Path root,
    String preferredPath,
    String websocketUrl,
    boolean customCss,
    boolean notebookCustomCss,
    boolean exposeApp,
    boolean quitButton,
    boolean terminals,
    boolean allowHidden,
    boolean deleteToTrash,
    Set<String> untrackedTypes,
    boolean lockAllPlugins,
    String systemLocale) {

  public LabSettings {
    untrackedTypes = Set.copyOf(untrackedTypes);
  }
}
