package dev.orrery.server.lab;

import dev.orrery.http.HttpException;
import dev.orrery.http.SmallFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** The small files that keep what a user set in a page. */
final class UserFile {

  private static final System.Logger LOG = System.getLogger(UserFile.class.getName());

  private UserFile() {}

  /**
   * Puts {@code content} in place of what {@code file} holds, making its folder if need be.
   *
   * @param what what is kept there, as the first words of a sentence
   * @throws HttpException when that can't be done; the file then holds what it held before
   */
  static void replace(String what, Path file, byte[] content) {
    try {
      SmallFile.replace(file, content);
    } catch (AccessDeniedException e) {
      throw new HttpException(403, what + " can't be kept: permission denied");
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, what + " can't be kept: " + e);
      String reason = e instanceof FileSystemException fs ? fs.getReason() : e.getMessage();
      throw new HttpException(500, what + " can't be kept" + (reason == null ? "" : ": " + reason));
    }
  }
}
