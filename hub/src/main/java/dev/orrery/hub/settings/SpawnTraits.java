package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How servers of people are started, and how many there may be. */
final class SpawnTraits {

  static final Trait<String> SPAWNER_CLASS =
      Trait.string("JupyterHub.spawner_class", "", "What starts servers.")
          .computed("localprocess; simple where there is no settings file");
  static final Trait<Boolean> ALLOW_NAMED_SERVERS =
      Trait.bool("JupyterHub.allow_named_servers", false, "Let people have several servers.");
  static final Trait<Integer> NAMED_SERVER_LIMIT_PER_USER =
      Trait.integer(
          "JupyterHub.named_server_limit_per_user", 0, "Named servers of a person; 0 for any.");
  static final Trait<Integer> CONCURRENT_SPAWN_LIMIT =
      Trait.integer("JupyterHub.concurrent_spawn_limit", 100, "Starts at once; 0 for any number.");
  static final Trait<Integer> ACTIVE_SERVER_LIMIT =
      Trait.integer("JupyterHub.active_server_limit", 0, "Servers at once; 0 for any number.");
  static final Trait<Boolean> CLEANUP_SERVERS =
      Trait.bool("JupyterHub.cleanup_servers", true, "Stop all servers when the hub ends.");
  static final Trait<Boolean> CLEANUP_ORPHANS =
      Trait.bool(
          "JupyterHub.cleanup_orphans",
          false,
          "Stop servers in pods that were started for this hub and that no record of it has, instead"
              + " of naming them in the log. Volumes stay.");
  static final Trait<Boolean> CLEANUP_PROXY =
      Trait.bool("JupyterHub.cleanup_proxy", true, "Stop the proxy when the hub ends.");
  static final Trait<Optional<List<String>>> CMD =
      Trait.strings("Spawner.cmd", List.of("jupyterhub-singleuser"), "What a server is.")
          .allowingNone()
          .computed("jupyterhub-singleuser; orrery singleuser where there is no settings file");
  static final Trait<List<String>> ARGS =
      Trait.strings("Spawner.args", List.of(), "What a server is told besides.");
  static final Trait<Map<String, Object>> ENVIRONMENT =
      Trait.dict("Spawner.environment", Map.of(), "Variables servers get besides.");
  static final Trait<String> IP =
      Trait.string("Spawner.ip", "127.0.0.1", "What servers listen on.");
  static final Trait<Integer> PORT =
      Trait.integer("Spawner.port", 0, "The port servers listen on; 0 for a free one.")
          .check(AddressTraits.between(0, 65_535));
  static final Trait<String> NOTEBOOK_DIR =
      Trait.string("Spawner.notebook_dir", "", "Where the files of a server are.");
  static final Trait<String> DEFAULT_URL =
      Trait.string("Spawner.default_url", "", "Where people are led in their server.");
  static final Trait<Integer> START_TIMEOUT =
      Trait.integer("Spawner.start_timeout", 60, "Seconds a start may take.");
  static final Trait<Integer> HTTP_TIMEOUT =
      Trait.integer("Spawner.http_timeout", 30, "Seconds until a started server answers.");
  static final Trait<Integer> POLL_INTERVAL =
      Trait.integer("Spawner.poll_interval", 30, "Seconds between looks whether servers run.")
          .check(AddressTraits.between(1, 86_400));

  static final Trait<Optional<Long>> MEM_LIMIT =
      Trait.byteSize("Spawner.mem_limit", 0, "Bytes a server may use; 1G and the like.").orNone();
  static final Trait<Optional<Long>> MEM_GUARANTEE =
      Trait.byteSize("Spawner.mem_guarantee", 0, "Bytes a server can count on.").orNone();
  static final Trait<Optional<Double>> CPU_LIMIT =
      Trait.number("Spawner.cpu_limit", 0, "Cores a server may use.")
          .check(SpawnTraits::notNegative)
          .orNone();
  static final Trait<Optional<Double>> CPU_GUARANTEE =
      Trait.number("Spawner.cpu_guarantee", 0, "Cores a server can count on.")
          .check(SpawnTraits::notNegative)
          .orNone();
  static final Trait<Boolean> DEBUG =
      Trait.bool("Spawner.debug", false, "Have servers tell more in their logs.");
  static final Trait<Boolean> DISABLE_USER_CONFIG =
      Trait.bool(
          "Spawner.disable_user_config", false, "Have servers read no settings of their people.");
  static final Trait<List<String>> CLIENT_SCOPES =
      Trait.strings(
          "Spawner.oauth_client_allowed_scopes",
          List.of(),
          "What a server may do for whoever visits it, besides knowing them.");
  static final Trait<List<String>> TOKEN_SCOPES =
      Trait.strings(
              "Spawner.server_token_scopes", List.of(), "What a server may do by its own token.")
          .computed("those of the role server");
  static final Trait<Integer> FAILURE_LIMIT =
      Trait.integer(
              "Spawner.consecutive_failure_limit",
              0,
              "End the hub after so many starts in a row that failed, so that it is started anew; 0"
                  + " for never.")
          .check(AddressTraits.between(0, Integer.MAX_VALUE));
  static final Trait<Optional<String>> HUB_CONNECT_URL =
      Trait.string("Spawner.hub_connect_url", "", "How servers reach the hub, if otherwise.")
          .orNone();
  static final Trait<List<Object>> RETRY_RANGE =
      Trait.list(
              "JupyterHub.spawn_throttle_retry_range",
              List.of(30L, 60L),
              "Between how many seconds somebody is told to come back when too many start.")
          .check(SpawnTraits::isRange);
  static final List<String> USED_OF_TORNADO = List.of("slow_spawn_timeout", "slow_stop_timeout");
  static final Trait<Map<String, Object>> TORNADO_SETTINGS =
      Trait.dict(
          "JupyterHub.tornado_settings",
          Map.of(),
          "slow_spawn_timeout and slow_stop_timeout: seconds a request waits; nothing else of it is"
              + " used.");
  static final Trait<Integer> LAST_ACTIVITY_INTERVAL =
      Trait.integer(
              "JupyterHub.last_activity_interval",
              300,
              "Seconds between questions to the proxy, who was active.")
          .check(AddressTraits.between(1, 86_400));

  private static Optional<String> notNegative(double number) {
    return number >= 0 ? Optional.empty() : Optional.of("it has to be 0 or more");
  }

  private static Optional<String> isRange(List<Object> range) {
    return range.size() == 2
            && range.get(0) instanceof Number least
            && range.get(1) instanceof Number most
            && least.longValue() >= 0
            && least.longValue() <= most.longValue()
            && most.longValue() <= 86_400
        ? Optional.empty()
        : Optional.of("it has to be two numbers of seconds up to a day, the smaller one first");
  }

  static final List<Trait<?>> ALL =
      List.of(
          MEM_LIMIT,
          MEM_GUARANTEE,
          CPU_LIMIT,
          CPU_GUARANTEE,
          DEBUG,
          DISABLE_USER_CONFIG,
          CLIENT_SCOPES,
          TOKEN_SCOPES,
          FAILURE_LIMIT,
          HUB_CONNECT_URL,
          RETRY_RANGE,
          TORNADO_SETTINGS,
          LAST_ACTIVITY_INTERVAL,
          SPAWNER_CLASS,
          ALLOW_NAMED_SERVERS,
          NAMED_SERVER_LIMIT_PER_USER,
          CONCURRENT_SPAWN_LIMIT,
          ACTIVE_SERVER_LIMIT,
          CLEANUP_SERVERS,
          CLEANUP_ORPHANS,
          CLEANUP_PROXY,
          CMD,
          ARGS,
          ENVIRONMENT,
          IP,
          PORT,
          NOTEBOOK_DIR,
          DEFAULT_URL,
          START_TIMEOUT,
          HTTP_TIMEOUT,
          POLL_INTERVAL);

  private SpawnTraits() {}
}
