package dev.orrery.server.contents;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/**
 * How files are shown and changed.
 *
 * @param root the folder that is the empty path
 * @param dataDir Jupyter's data folder, where trust is kept
 * @param allowHidden whether names that begin with a dot can be reached
 * @param hideGlobs names kept from listings
 * @param deleteToTrash whether deleted files go to the user's trash
 * @param alwaysDeleteDir whether a folder that is not empty can be deleted without trash
 * @param maxCopyFolderMb folders larger than this are not copied
 */
public record ContentsSettings(
    Path root,
    Path dataDir,
    boolean allowHidden,
    List<String> hideGlobs,
    boolean deleteToTrash,
    boolean alwaysDeleteDir,
    int maxCopyFolderMb) {

  public ContentsSettings {
    hideGlobs = List.copyOf(hideGlobs);
  }

  List<PathMatcher> hidden() {
    return hideGlobs.stream()
        .map(glob -> FileSystems.getDefault().getPathMatcher("glob:" + glob))
        .toList();
  }
}
