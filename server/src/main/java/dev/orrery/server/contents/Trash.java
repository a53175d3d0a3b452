package dev.orrery.server.contents;

import dev.orrery.http.RawPath;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** The user's trash, as the freedesktop.org Trash specification 1.0 describes the home trash. */
final class Trash {

  private static final int MAX_NAMESAKES = 10_000;

  private Trash() {}

  /**
   * Moves {@code file} to the trash below {@code userData} ({@code $XDG_DATA_HOME}).
   *
   * @return false when the trash is on another file system, and nothing was moved
   */
  static boolean move(Path file, Path userData) throws IOException {
    Path trash = userData.resolve("Trash");
    Files.createDirectories(trash.resolve("files"));
    Files.createDirectories(trash.resolve("info"));
    if (!Files.getFileStore(trash).equals(Files.getFileStore(file.toAbsolutePath().getParent()))) {
      return false;
    }
    String name = String.valueOf(file.getFileName());
    String info =
        "[Trash Info]\nPath="
            + RawPath.encodePath(file.toAbsolutePath().toString())
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
        return true;
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
