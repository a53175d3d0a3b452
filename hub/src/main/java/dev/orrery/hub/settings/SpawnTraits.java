package dev.orrery.hub.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Map;

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
  static final Trait<Boolean> CLEANUP_PROXY =
      Trait.bool("JupyterHub.cleanup_proxy", true, "Stop the proxy when the hub ends.");
  static final Trait<List<String>> CMD =
      Trait.strings("Spawner.cmd", List.of("jupyterhub-singleuser"), "What a server is.")
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

  static final List<Trait<?>> ALL =
      List.of(
          SPAWNER_CLASS,
          ALLOW_NAMED_SERVERS,
          NAMED_SERVER_LIMIT_PER_USER,
          CONCURRENT_SPAWN_LIMIT,
          ACTIVE_SERVER_LIMIT,
          CLEANUP_SERVERS,
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
