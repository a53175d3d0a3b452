package dev.orrery.hub.logins.pam;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The groups of an account of the machine, also those of a directory service. */
final class SystemGroups {

  private static final System.Logger LOG = System.getLogger(SystemGroups.class.getName());
  private static final int PATIENCE_SECONDS = 20;
  private static final int MOST_BYTES = 64 * 1024;

  private SystemGroups() {}

  /** None where there is no such account, or it can't be found out, which is logged. */
  static Set<String> of(String account) {
    if (account.isEmpty() || account.startsWith("-") || account.indexOf('\0') >= 0) {
      return Set.of();
    }
    try {
      Process process =
          new ProcessBuilder(List.of("id", "-Gn", "--", account))
              .redirectInput(new File("/dev/null"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (var output = process.getInputStream()) {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          LOG.log(
              System.Logger.Level.WARNING, "Looking for the groups of an account took too long");
          return Set.of();
        }
        String names = new String(output.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        return process.exitValue() == 0
            ? Arrays.stream(names.strip().split(" +", -1)).collect(Collectors.toUnmodifiableSet())
            : Set.of();
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "The groups of an account can't be found out: " + e);
      return Set.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Set.of();
    }
  }
}
