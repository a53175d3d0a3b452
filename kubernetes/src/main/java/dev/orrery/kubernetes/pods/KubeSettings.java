package dev.orrery.kubernetes.pods;

import dev.orrery.config.Settings;
import dev.orrery.kubernetes.api.ApiAddress;
import dev.orrery.kubernetes.manifests.PodSettings;
import dev.orrery.spawner.spi.SpawnRequest;
import java.time.Duration;
import java.util.Map;

/**
 * What is configured for pods.
 *
 * @param pods what a pod is like where no profile says otherwise
 * @param environment variables of the settings, with templates; the hub's own come besides
 * @param profiles what people may choose
 * @param api where the API server is
 * @param requestTime how long one request may take
 * @param retryTime how long one is tried again and again
 * @param events whether the cluster's words reach who waits
 * @param services whether a pod gets a Service, by whose name it is reached
 * @param removesEnded whether pods whose server has ended are removed
 * @param grace how long a server has to end by itself
 * @param connectTo a template for the host servers are reached at; empty for the usual one
 * @param slow what is told who waits long
 */
public record KubeSettings(
    PodSettings pods,
    Map<String, Object> environment,
    Profiles profiles,
    ApiAddress api,
    Duration requestTime,
    Duration retryTime,
    boolean events,
    boolean services,
    boolean removesEnded,
    Duration grace,
    String connectTo,
    Slow slow) {

  /**
   * What is told who waits long.
   *
   * @param message with <code>{seconds}</code> for how long already
   * @param after how long that is; zero for never
   * @param every how often then
   */
  public record Slow(String message, Duration after, Duration every) {}

  /**
   * Reads the settings.
   *
   * @param environment what {@code Spawner.environment} has
   * @throws IllegalArgumentException when they make no pod, with the setting and the reason
   */
  public static KubeSettings of(Settings settings, Map<String, Object> environment) {
    var read = read(settings, environment);
    Rehearsal.of(read);
    return read;
  }

  /** What pods are told of where the hub is; the settings may say it otherwise than the hub. */
  String hubAsPodsHaveIt(String hub) {
    return environment.get(SpawnRequest.HUB_VARIABLE) instanceof String text ? text : hub;
  }

  private static KubeSettings read(Settings settings, Map<String, Object> environment) {
    return new KubeSettings(
        PodSettings.of(settings),
        environment,
        Profiles.of(PodSettings.entries(settings.get(SpawnerTraits.PROFILE_LIST))),
        new ApiAddress(
            settings.get(SpawnerTraits.API_HOST),
            settings.get(SpawnerTraits.API_CA),
            settings.get(SpawnerTraits.API_VERIFY)),
        Duration.ofSeconds(settings.get(SpawnerTraits.REQUEST_TIMEOUT)),
        Duration.ofSeconds(settings.get(SpawnerTraits.RETRY_TIMEOUT)),
        settings.get(SpawnerTraits.EVENTS_ENABLED),
        settings.get(SpawnerTraits.SERVICES_ENABLED),
        settings.get(SpawnerTraits.DELETE_STOPPED_PODS),
        Duration.ofSeconds(settings.get(SpawnerTraits.DELETE_GRACE_PERIOD)),
        settings.get(SpawnerTraits.POD_CONNECT_IP),
        new Slow(
            settings.get(SpawnerTraits.SLOW_MESSAGE),
            Duration.ofSeconds(Math.max(0, settings.get(SpawnerTraits.SLOW_THRESHOLD))),
            Duration.ofSeconds(settings.get(SpawnerTraits.SLOW_FREQUENCY))));
  }
}
