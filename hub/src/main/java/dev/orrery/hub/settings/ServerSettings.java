package dev.orrery.hub.settings;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How servers are started.
 *
 * @param command program and arguments
 * @param environment what they get besides what the hub tells them
 * @param listenIp what they listen on
 * @param startTime how long the spawner may take
 * @param answerTime how long a server may take to answer after that
 * @param patience how long a request waits for a start or a stop before it is told to ask again
 * @param mostStarting how many may be started at the same time; 0 for any number
 * @param mostActive how many may run; 0 for any number
 * @param namedServers whether people may have more than one
 * @param mostNamed how many named servers a person may have; 0 for any number
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
    Duration pollInterval,
    int mostStarting,
    int mostActive,
    boolean namedServers,
    int mostNamed) {
  public ServerSettings {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
