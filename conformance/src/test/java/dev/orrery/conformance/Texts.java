package dev.orrery.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files as strings. */
final class Texts {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Texts() {}

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  /** Where a file of the tests is. */
  static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(Texts.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
