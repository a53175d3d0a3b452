package dev.orrery.cli;

import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** Files of Jupyter that hold one JSON object. */
final class JsonFiles {

  private static final long MAX_BYTES = 4 << 20;

  private JsonFiles() {}

  /**
   * What a file holds; an empty object when there is no file, or nothing in it.
   *
   * @throws CommandFailure with a sentence when it is something else: nothing may then be written
   *     in its place
   */
  static ObjectNode object(Path file) throws CommandFailure {
    try {
      if (!Files.exists(file) || Files.size(file) == 0) {
        return Json.object();
      }
      if (Files.size(file) > MAX_BYTES) {
        throw CommandFailure.failed(file + " has more than " + MAX_BYTES + " bytes");
      }
      if (Json.parse(Files.readAllBytes(file)) instanceof ObjectNode object) {
        return object;
      }
      throw CommandFailure.failed(file + " is no JSON object; repair or remove it first");
    } catch (JacksonException e) {
      throw CommandFailure.failed(
          file + " is not JSON; repair or remove it first (" + e.getOriginalMessage() + ")");
    } catch (IOException e) {
      throw CommandFailure.failed(Sentences.of(e));
    }
  }
}
