package dev.orrery.server.terminals;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How terminals are started and ended.
 *
 * @param enabled whether there are any
 * @param shell the command of a terminal
 * @param env its environment
 * @param root where it starts, and what relative folders start from
 * @param cullTimeout a terminal without output or input for this long is ended; zero for never
 * @param cullInterval how often that is looked at
 * @param maxTerminals how many there can be
 */
public record TerminalSettings(
    boolean enabled,
    List<String> shell,
    Map<String, String> env,
    Path root,
    Duration cullTimeout,
    Duration cullInterval,
    int maxTerminals) {

  public TerminalSettings {
    shell = List.copyOf(shell);
    env = Map.copyOf(env);
  }
}
