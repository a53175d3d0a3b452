package dev.orrery.conformance.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

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
    var build = new Command(List.of(script.toString(), name), Map.of(), LIMIT);
    String[] last = build.run("").lines().toList().getLast().split(" ", 2);
    return new Image(last[0], Path.of(last[1]));
  }
}
