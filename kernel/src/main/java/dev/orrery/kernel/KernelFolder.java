package dev.orrery.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder of one kernel, for its owner only: what it prints, its journal, and what another
 * server needs to go on with it.
 */
record KernelFolder(Path path) {

  private static final String RECORD = "kernel.json";
  private static final String NOTE = "note";

  void create() throws IOException {
    PrivateFiles.createFolder(path);
  }

  KernelLog log() {
    return new KernelLog(path.resolve("log"));
  }

  Path journal() {
    return path.resolve("journal");
  }

  void write(KernelRecord record) throws IOException {
    PrivateFiles.replace(path.resolve(RECORD), record.toJson());
  }

  KernelRecord record() throws IOException {
    return KernelRecord.of(Files.readAllBytes(path.resolve(RECORD)));
  }

  /** Keeps something for whoever goes on with the kernel. */
  void note(byte[] note) throws IOException {
    PrivateFiles.replace(path.resolve(NOTE), note);
  }

  Optional<byte[]> note() throws IOException {
    try {
      return Optional.of(Files.readAllBytes(path.resolve(NOTE)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void delete() throws IOException {
    FileTree.delete(path);
  }
}
