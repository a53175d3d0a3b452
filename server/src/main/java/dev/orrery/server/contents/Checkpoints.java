package dev.orrery.server.contents;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one saved state of each file that "Revert to Checkpoint" goes back to: {@code
 * .ipynb_checkpoints/<base>-checkpoint<ext>} beside the file, as upstream keeps it.
 */
final class Checkpoints {

  static final String FOLDER = ".ipynb_checkpoints";
  private static final String ID = "checkpoint";

  private Checkpoints() {}

  private static Path of(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String base = dot <= 0 ? name : name.substring(0, dot);
    String extension = dot <= 0 ? "" : name.substring(dot);
    return file.resolveSibling(FOLDER).resolve(base + "-checkpoint" + extension);
  }

  static ObjectNode create(Path file) throws IOException {
    Path checkpoint = of(file);
    Files.createDirectories(checkpoint.getParent());
    Files.copy(file, checkpoint, StandardCopyOption.REPLACE_EXISTING);
    return model(checkpoint);
  }

  static ArrayNode list(Path file) throws IOException {
    Path checkpoint = of(file);
    ArrayNode list = Json.array();
    if (Files.isRegularFile(checkpoint)) {
      list.add(model(checkpoint));
    }
    return list;
  }

  static void restore(Path file, String id) throws IOException {
    Path checkpoint = existing(file, id);
    AtomicFile.write(file, out -> Files.copy(checkpoint, out));
  }

  static void delete(Path file, String id) throws IOException {
    Files.delete(existing(file, id));
  }

  /** Follows a file to its new place; a file without checkpoint is fine. */
  static void moved(Path from, Path to) throws IOException {
    Path checkpoint = of(from);
    if (Files.isRegularFile(checkpoint)) {
      Files.createDirectories(of(to).getParent());
      Files.move(checkpoint, of(to), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  static void deleted(Path file) throws IOException {
    Files.deleteIfExists(of(file));
  }

  private static Path existing(Path file, String id) {
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
