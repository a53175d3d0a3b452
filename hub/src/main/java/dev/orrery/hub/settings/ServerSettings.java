package dev.orrery.hub.settings;

import dev.orrery.spawner.spi.SpawnRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How servers are started.
 *
 * @param command program and arguments
 * @param environment what they get besides what the hub tells them
 * @param listenIp what they listen on
 * @param startTime how long the spawner may take
 * @param answerTime how long a server may take to answer after that
 * @param patience how long a request waits for a start before it is told to ask again
 * @param stopPatience the same for a stop
 * @param mostStarting how many may be started at the same time; 0 for any number
 * @param mostActive how many may run; 0 for any number
 * @param namedServers whether people may have more than one
 * @param mostNamed how many named servers a person may have; 0 for any number
 * @param limits what each may use
 * @param rights what a server may do
 * @param hubUrl how servers reach the hub, if not as the proxy does
 * @param trouble what happens when there are too many starts, or too many fail
 * @param activityInterval how often the proxy is asked who was active
 * @param removeOrphans whether servers of this hub that no record has are stopped
 */
public record ServerSettings(
    List<String> command,
    Map<String, String> environment,
    String listenIp,
    int listenPort,
    String rootDir,
    String defaultUrl,
    Duration startTime,
    Duration answerTime,
    Duration patience,
    Duration stopPatience,
    Duration pollInterval,
    int mostStarting,
    int mostActive,
    boolean namedServers,
    int mostNamed,
    SpawnRequest.Limits limits,
    Rights rights,
    Optional<String> hubUrl,
    Trouble trouble,
    Duration activityInterval,
    boolean removeOrphans) {

  /**
   * What a server may do.
   *
   * @param forVisitors what it may do for whoever visits it, besides knowing them
   * @param byItself what it may do by its own token; empty for what the role {@code server} may
   */
  public record Rights(List<String> forVisitors, List<String> byItself) {
    public Rights {
      forVisitors = List.copyOf(forVisitors);
      byItself = List.copyOf(byItself);
    }
  }

  /**
   * What happens when there are too many starts, or too many fail.
   *
   * @param mostFailures after how many failed starts in a row the hub ends; 0 for never
   * @param retryLeast the earliest that those who are too many are told to come back
   * @param retryMost the latest of that
   */
  public record Trouble(int mostFailures, Duration retryLeast, Duration retryMost) {}

  public ServerSettings {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
