package dev.orrery.server.contents;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one saved state of each file that "Revert to Checkpoint" goes back to: {@code
 * .ipynb_checkpoints/<base>-checkpoint<ext>} beside the file, as upstream keeps it. Thread-safe.
 */
final class Checkpoints {

  static final String FOLDER = ".ipynb_checkpoints";
  private static final String ID = "checkpoint";

  private final Path elsewhere;

  /**
   * Keeps the states of files.
   *
   * @param elsewhere where they go when the file's folder takes no new ones; made when needed
   */
  Checkpoints(Path elsewhere) {
    this.elsewhere = elsewhere;
  }

  private Path of(Path file) {
    Path parent = file.toAbsolutePath().resolveSibling("");
    Path folder = parent.resolve(FOLDER);
    if (!Files.isWritable(Files.isDirectory(folder) ? folder : parent)) {
      folder = elsewhere.resolve(Path.of("/").relativize(parent));
    }
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String base = dot <= 0 ? name : name.substring(0, dot);
    String extension = dot <= 0 ? "" : name.substring(dot);
    return folder.resolve(base + "-checkpoint" + extension);
  }

  ObjectNode create(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new AccessDeniedException(file.toString());
    }
    Path checkpoint = of(file);
    Files.createDirectories(checkpoint.getParent());
    boolean first = !Files.exists(checkpoint);
    // Not for more eyes than the file, and writable for the next time.
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
    mode.add(PosixFilePermission.OWNER_WRITE);
    if (first) {
      Files.createFile(checkpoint, PosixFilePermissions.asFileAttribute(mode));
    } else {
      Files.setPosixFilePermissions(checkpoint, mode);
    }
    try {
      AtomicFile.write(checkpoint, out -> Files.copy(file, out));
    } catch (IOException | RuntimeException e) {
      if (first) {
        Files.deleteIfExists(checkpoint);
      }
      throw e;
    }
    return model(checkpoint);
  }

  ArrayNode list(Path file) throws IOException {
    Path checkpoint = of(file);
    ArrayNode list = Json.array();
    if (Files.isRegularFile(checkpoint)) {
      list.add(model(checkpoint));
    }
    return list;
  }

  void restore(Path file, String id) throws IOException {
    Path checkpoint = existing(file, id);
    AtomicFile.write(file, out -> Files.copy(checkpoint, out));
  }

  void delete(Path file, String id) throws IOException {
    Files.delete(existing(file, id));
  }

  /** Follows a file to its new place; a file without checkpoint is fine. */
  void moved(Path from, Path to) throws IOException {
    Path checkpoint = of(from);
    if (Files.isRegularFile(checkpoint)) {
      Files.createDirectories(of(to).getParent());
      Files.move(checkpoint, of(to), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  void deleted(Path file) throws IOException {
    Files.deleteIfExists(of(file));
  }

  private Path existing(Path file, String id) {
    Path checkpoint = of(file);
    if (!id.equals(ID) || !Files.isRegularFile(checkpoint)) {
      throw new HttpException(404, "Checkpoint does not exist: " + file.getFileName() + "@" + id);
    }
    return checkpoint;
  }

  private static ObjectNode model(Path checkpoint) throws IOException {
    return Json.object()
        .put("id", ID)
        .put("last_modified", Timestamps.of(Files.getLastModifiedTime(checkpoint).toInstant()));
  }
}
