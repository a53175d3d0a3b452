package dev.orrery.conformance.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * An image of ours as an archive.
 *
 * @param name what pods call it
 * @param archive in the format of OCI
 */
public record Image(String name, Path archive) {

  /** What the first build of all may take: Debian, Python packages, the distribution. */
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private static final Map<String, Image> FOUND = new ConcurrentHashMap<>();

  /** Builds it, as people do, or finds it built. */
  public static Image of(String name) {
    return FOUND.computeIfAbsent(name, Image::build);
  }

  private static Image build(String name) {
    Path script = Path.of("..", "images", "build").toAbsolutePath().normalize();
    try {
      Path told = Files.createTempFile("image-", ".out");
      try {
        Process build =
            new ProcessBuilder(List.of(script.toString(), name))
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        if (!build.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          build.destroy();
          throw new AssertionError(script + " takes more than " + LIMIT);
        }
        List<String> lines = Files.readAllLines(told);
        if (build.exitValue() != 0) {
          throw new AssertionError(script + " " + name + ": " + String.join("\n", lines));
        }
        String[] last = lines.getLast().split(" ", 2);
        return new Image(last[0], Path.of(last[1]));
      } finally {
        Files.deleteIfExists(told);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }
}
