package dev.orrery.server.contents;

import dev.orrery.http.RawPath;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/**
 * The user's trash, as the freedesktop.org Trash specification 1.0 describes it: one at home, and
 * one at the top of each other file system, since moving a file must not mean to copy it.
 */
final class Trash {

  private static final int MAX_NAMESAKES = 10_000;

  /** Of a folder in which everybody may make files, and take away only their own. */
  private static final int STICKY = 01000;

  private Trash() {}

  /**
   * Moves {@code file} to the trash of its file system.
   *
   * @param userData {@code $XDG_DATA_HOME}, where the trash at home is
   * @throws IOException when there can be none; the file is where it was
   */
  static void move(Path file, Path userData) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path home = userData.resolve("Trash");
    Files.createDirectories(home.resolve("files"));
    Files.createDirectories(home.resolve("info"));
    FileStore store = Files.getFileStore(parent(absolute));
    if (Files.getFileStore(home).equals(store)) {
      move(absolute, home, absolute);
      return;
    }
    Path top = parent(absolute).toRealPath();
    while (top.getParent() != null && Files.getFileStore(top.getParent()).equals(store)) {
      top = top.getParent();
    }
    Path trash = atTop(top, Files.getAttribute(home, "unix:uid"));
    Files.createDirectories(trash.resolve("files"));
    Files.createDirectories(trash.resolve("info"));
    move(absolute, trash, top.relativize(parent(absolute).toRealPath().resolve(name(absolute))));
  }

  /** One that the administrator has made for all, or else one of the user's own. */
  private static Path atTop(Path top, Object uid) throws IOException {
    Path shared = top.resolve(".Trash");
    boolean forAll =
        Files.isDirectory(shared, LinkOption.NOFOLLOW_LINKS)
            && Files.getAttribute(shared, "unix:mode", LinkOption.NOFOLLOW_LINKS)
                instanceof Integer mode
            && (mode & STICKY) != 0;
    Path own = forAll ? shared.resolve(uid.toString()) : top.resolve(".Trash-" + uid);
    if (!Files.isDirectory(own, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectory(
          own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return own;
  }

  private static Path parent(Path absolute) throws IOException {
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new IOException("The root of a file system can't be deleted");
    }
    return parent;
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /** Moves it; {@code origin} is what the record says of where it was. */
  private static void move(Path file, Path trash, Path origin) throws IOException {
    String name = name(file);
    String info =
        "[Trash Info]\nPath="
            + RawPath.encodePath(origin.toString())
            + "\nDeletionDate="
            + LocalDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS)
            + "\n";
    for (int i = 1; i < MAX_NAMESAKES; i++) {
      String free = i == 1 ? name : name + "." + i;
      Path record = trash.resolve("info").resolve(free + ".trashinfo");
      try {
        // The record is made first and only by its maker: that is what reserves the name.
        Files.writeString(record, info, StandardOpenOption.CREATE_NEW);
      } catch (FileAlreadyExistsException e) {
        continue;
      }
      try {
        Files.move(file, trash.resolve("files").resolve(free), StandardCopyOption.ATOMIC_MOVE);
        return;
      } catch (IOException e) {
        Files.deleteIfExists(record);
        throw e;
      }
    }
    throw new IOException(
        "The trash in "
            + trash
            + " holds "
            + MAX_NAMESAKES
            + " files named "
            + name
            + "; empty it");
  }
}
