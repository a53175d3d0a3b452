package dev.orrery.cli;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells others which process this is, as long as it runs. */
final class PidFile implements Closeable {

  private static final System.Logger LOG = System.getLogger(PidFile.class.getName());

  private final Path file;

  private PidFile(Path file) {
    this.file = file;
  }

  static PidFile write(Path file) throws IOException {
    long pid = ProcessHandle.current().pid();
    LOG.log(System.Logger.Level.INFO, "Writing pid " + pid + " to " + file);
    try {
      Files.writeString(file, Long.toString(pid));
    } catch (IOException e) {
      throw new IOException("The pid file " + file + " can't be written: " + e, e);
    }
    return new PidFile(file);
  }

  @Override
  public void close() throws IOException {
    LOG.log(System.Logger.Level.DEBUG, "Removing " + file);
    Files.deleteIfExists(file);
  }
}
