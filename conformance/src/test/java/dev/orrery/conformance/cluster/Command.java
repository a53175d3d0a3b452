package dev.orrery.conformance.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that has to succeed, and in time.
 *
 * @param environment what it has besides that of the test
 */
record Command(List<String> line, Map<String, String> environment, Duration limit) {

  /** Runs it with this on its standard input, and answers what it prints. */
  String run(String input) {
    try {
      // In files, so that nothing that goes on in the background keeps them from ending.
      Path told = Files.createTempFile("command-", ".out");
      Path complaints = Files.createTempFile("command-", ".err");
      try {
        var builder = new ProcessBuilder(line);
        builder.environment().putAll(environment);
        Process process =
            builder.redirectOutput(told.toFile()).redirectError(complaints.toFile()).start();
        try (var standardInput = process.getOutputStream()) {
          standardInput.write(input.getBytes(StandardCharsets.UTF_8));
        }
        if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError(
              line + " takes more than " + limit + "\n" + Files.readString(complaints));
        }
        if (process.exitValue() != 0) {
          throw new AssertionError(
              line + " ended with " + process.exitValue() + "\n" + Files.readString(complaints));
        }
        return Files.readString(told);
      } finally {
        Files.deleteIfExists(told);
        Files.deleteIfExists(complaints);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }
}
