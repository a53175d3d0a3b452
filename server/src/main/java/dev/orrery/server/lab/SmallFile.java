package dev.orrery.server.lab;

import dev.orrery.http.HttpException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The small files that keep what a user set: whole before and after every write. */
final class SmallFile {

  private static final System.Logger LOG = System.getLogger(SmallFile.class.getName());

  private SmallFile() {}

  /**
   * Puts {@code content} in place of what {@code file} holds, making its folder if need be.
   *
   * @param what what is kept there, as the first words of a sentence
   * @throws HttpException when that can't be done; the file then holds what it held before
   */
  static void replace(String what, Path file, byte[] content) {
    try {
      replace(file, content);
    } catch (AccessDeniedException e) {
      throw new HttpException(403, what + " can't be kept: permission denied");
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, what + " can't be kept: " + e);
      String reason = e instanceof FileSystemException fs ? fs.getReason() : e.getMessage();
      throw new HttpException(500, what + " can't be kept" + (reason == null ? "" : ": " + reason));
    }
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path partial = Files.createTempFile(folder, ".", ".partial");
    try {
      Files.write(partial, content);
      Files.move(
          partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }
}
