package dev.orrery.server.contents;

import dev.orrery.http.HttpException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Turns the paths that clients name into files below the root folder, in one place. A path that
 * would leave the root is answered like one that does not exist.
 */
public final class ContentPaths {

  private final Path root;
  private final boolean allowHidden;

  /**
   * Resolves below {@code root}.
   *
   * @param root an existing folder
   * @param allowHidden whether names that begin with a dot can be reached
   */
  public ContentPaths(Path root, boolean allowHidden) {
    this.root = root.toAbsolutePath().normalize();
    this.allowHidden = allowHidden;
  }

  /** The folder that clients see as the empty path. */
  public Path root() {
    return root;
  }

  /** {@code path} without slashes at its ends. */
  public static String clean(String path) {
    int start = 0;
    int end = path.length();
    while (start < end && path.charAt(start) == '/') {
      start++;
    }
    while (end > start && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(start, end);
  }

  /** The last name of a clean path. */
  public static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The folder of a clean path; empty for the root. */
  public static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** {@code name} in the folder {@code parent}. */
  public static String join(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  /**
   * The file a clean path names, whether it exists or not.
   *
   * @throws HttpException 404 when the path leaves the root, is no valid file name, or is hidden
   */
  public Path resolve(String path) {
    Path file = root;
    if (!path.isEmpty()) {
      for (String segment : path.split("/", -1)) {
        if (segment.isEmpty()
            || segment.equals(".")
            || segment.equals("..")
            || segment.indexOf('\0') >= 0) {
          throw notFound(path);
        }
        if (!allowHidden && segment.startsWith(".")) {
          throw notFound(path);
        }
        try {
          file = file.resolve(segment);
        } catch (InvalidPathException e) {
          throw notFound(path);
        }
      }
    }
    if (!file.normalize().startsWith(root)) {
      throw notFound(path);
    }
    return file;
  }

  /** Whether any name of a clean path begins with a dot and that keeps it from being reached. */
  boolean isHiddenPath(String path) {
    return !allowHidden
        && Stream.of(path.split("/", -1))
            .anyMatch(name -> name.startsWith(".") && !name.equals(".") && !name.equals(".."));
  }

  /** Whether a directory entry is kept from listings because it is hidden. */
  boolean isHidden(Path file) {
    return !allowHidden && String.valueOf(file.getFileName()).startsWith(".");
  }

  /** The folder a kernel starts in for a notebook at {@code path}: the nearest one that exists. */
  public Path workingDirectory(String path) {
    Path file;
    try {
      file = resolve(clean(path));
    } catch (HttpException e) {
      return root;
    }
    while (!Files.isDirectory(file) && !file.equals(root)) {
      Path parent = file.getParent();
      file = parent == null ? root : parent;
    }
    return file;
  }

  static HttpException notFound(String path) {
    String shown = path.length() > 200 ? path.substring(0, 200) + "…" : path;
    return new HttpException(404, "file or directory '/" + shown + "' does not exist");
  }
}
