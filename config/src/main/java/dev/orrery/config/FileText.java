package dev.orrery.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a configuration file as text, within bounds. */
final class FileText {

  private static final int MAX_BYTES = 8 * 1024 * 1024;

  private FileText() {}

  /** The text, or nothing after a problem was reported. */
  static Optional<String> read(Path path, Report report) {
    byte[] bytes;
    try (var in = Files.newInputStream(path)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      report.problem(
          name(path),
          path.toString(),
          "cannot be read (" + e + "); make it readable for this user or remove it");
      return Optional.empty();
    }
    if (bytes.length > MAX_BYTES) {
      report.problem(
          name(path),
          path.toString(),
          "is larger than the 8 MiB a configuration file may have; make it smaller");
      return Optional.empty();
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (CharacterCodingException e) {
      report.problem(name(path), path.toString(), "is not UTF-8; save it in that encoding");
      return Optional.empty();
    }
  }

  static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
