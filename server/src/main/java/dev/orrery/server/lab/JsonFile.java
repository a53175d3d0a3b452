package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON objects that people, administrators and packages leave in files. A file that can't be
 * used is named in the log and does not count, so that one of them does not stop the page.
 */
final class JsonFile {

  private static final System.Logger LOG = System.getLogger(JsonFile.class.getName());

  /** A file of settings has kilobytes; the description of the largest application 20. */
  private static final int MAX_BYTES = 4 << 20;

  private JsonFile() {}

  /**
   * What a file holds, read as JSON5 where its name says so; empty when there is none, or a warning
   * says why it does not count.
   */
  static Optional<ObjectNode> read(Path file) {
    return read(file, file.toString().endsWith(".json5"));
  }

  /** The same, with the freedoms of JSON5 whatever the name. */
  static Optional<ObjectNode> readRelaxed(Path file) {
    return read(file, true);
  }

  private static Optional<ObjectNode> read(Path file, boolean relaxed) {
    try {
      return readOrFail(file, relaxed);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "Left out: " + file + " " + reason(e));
      return Optional.empty();
    }
  }

  /**
   * What a file holds; an empty file is an empty object.
   *
   * @param relaxed whether JSON5 is taken
   * @return empty when there is no such file
   * @throws IOException when it is no file, too large, can't be read, or holds no JSON object
   */
  static Optional<ObjectNode> readOrFail(Path file, boolean relaxed) throws IOException {
    byte[] bytes;
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
        throw new IOException("is no file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES + 1);
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("is larger than " + MAX_BYTES + " bytes");
    }
    if (bytes.length == 0) {
      return Optional.of(Json.object());
    }
    try {
      JsonNode content =
          relaxed
              ? Json.parseRelaxed(new String(bytes, StandardCharsets.UTF_8))
              : Json.parse(bytes);
      if (content instanceof ObjectNode object) {
        return Optional.of(object);
      }
      throw new IOException("holds no JSON object");
    } catch (JacksonException e) {
      throw new IOException("is not JSON" + where(e) + ": " + cause(e), e);
    }
  }

  private static String where(JacksonException e) {
    TokenStreamLocation location = e.getLocation();
    return location == null ? "" : " in line " + location.getLineNr();
  }

  private static String cause(JacksonException e) {
    return String.valueOf(e.getOriginalMessage()).replaceFirst(" \\(start marker at .*", "");
  }

  /** Why a file could not be read, as the end of a sentence that begins with its name. */
  static String reason(IOException e) {
    if (e instanceof FileSystemException inSystem) {
      String why = inSystem.getReason();
      return "can't be read: " + (why == null ? e.getClass().getSimpleName() : why);
    }
    return String.valueOf(e.getMessage());
  }
}
