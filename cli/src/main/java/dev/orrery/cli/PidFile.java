package dev.orrery.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file that holds the number of this process while it runs, if one is wanted. */
final class PidFile implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(PidFile.class.getName());

  private final Optional<Path> file;
  private boolean written;

  PidFile(Optional<Path> file) {
    this.file = file;
  }

  /**
   * Writes it.
   *
   * @throws IOException when that can't be done
   */
  void write() throws IOException {
    if (file.isPresent()) {
      Files.writeString(file.get(), Long.toString(ProcessHandle.current().pid()));
      written = true;
    }
  }

  @Override
  public void close() {
    if (written) {
      try {
        Files.deleteIfExists(file.orElseThrow());
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "The file of the process's number stays: " + e);
      }
    }
  }
}
