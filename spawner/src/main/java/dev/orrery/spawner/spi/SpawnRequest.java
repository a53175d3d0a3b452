package dev.orrery.spawner.spi;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to start.
 *
 * @param id of this start, new for each
 * @param userId the number the hub has for the user, which stays when the name changes
 * @param command program and arguments; empty where the spawner has its own, e.g. that of an image
 * @param environment all the hub wants the server to have, apart from what {@link #environmentAt}
 *     adds
 * @param listen where the server shall listen
 * @param limits what it may use
 * @param rootDir where its files are; empty for the spawner's choice
 * @param defaultUrl where a browser is sent to; empty for the server's choice
 * @param userOptions what the user chose for this start
 * @param earlier what {@link Spawner#kept} kept of the server's last state; empty where there was
 *     none
 * @param patience how long the start may take; one that fails then says what it waited for, and one
 *     that does not is interrupted a few seconds later
 */
public record SpawnRequest(
    Id id,
    ServerName who,
    long userId,
    List<String> command,
    Map<String, String> environment,
    Listen listen,
    Limits limits,
    String rootDir,
    String defaultUrl,
    Map<String, Object> userOptions,
    Map<String, Object> earlier,
    Duration patience) {

  /** The variable every started server has its {@link Id} in, so that it can be found by it. */
  public static final String ID_VARIABLE = "ORRERY_SPAWN_ID";

  /** The variable of {@link #environment} that has the address of the API of the hub. */
  public static final String HUB_VARIABLE = "JUPYTERHUB_API_URL";

  public SpawnRequest {
    requireNonNull(id, "id");
    requireNonNull(who, "who");
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    requireNonNull(listen, "listen");
    requireNonNull(limits, "limits");
    requireNonNull(rootDir, "rootDir");
    requireNonNull(defaultUrl, "defaultUrl");
    userOptions = Collections.unmodifiableMap(new LinkedHashMap<>(userOptions));
    earlier = Collections.unmodifiableMap(new LinkedHashMap<>(earlier));
    requireNonNull(patience, "patience");
  }

  /**
   * Names one start of one server.
   *
   * @param value letters, digits and hyphens, 1 to 64 of them
   */
  public record Id(String value) {

    public Id {
      if (!value.matches("[A-Za-z0-9-]{1,64}")) {
        throw new IllegalArgumentException(
            "'" + value + "' is no id of a start; use 1 to 64 letters, digits and hyphens");
      }
    }

    @Override
    public String toString() {
      return value;
    }
  }

  /**
   * Where a server shall listen.
   *
   * @param ip empty or {@code 0.0.0.0} for every address
   * @param port 0 for one the spawner chooses
   * @param prefix the path of the server, e.g. {@code /user/ada/}
   */
  public record Listen(String ip, int port, String prefix) {

    public Listen {
      requireNonNull(ip, "ip");
      requireNonNull(prefix, "prefix");
    }
  }

  /**
   * What a server may use, and what is set aside for it.
   *
   * @param memory bytes it may not exceed; 0 for no limit
   * @param memoryGuarantee bytes it can count on; 0 for none
   * @param cpu cores it may not exceed; 0 for no limit
   * @param cpuGuarantee cores it can count on; 0 for none
   */
  public record Limits(long memory, long memoryGuarantee, double cpu, double cpuGuarantee) {

    /** No limits and nothing set aside. */
    public static final Limits NONE = new Limits(0, 0, 0, 0);
  }

  /** The same with another environment. */
  public SpawnRequest withEnvironment(Map<String, String> other) {
    return new SpawnRequest(
        id,
        who,
        userId,
        command,
        other,
        listen,
        limits,
        rootDir,
        defaultUrl,
        userOptions,
        earlier,
        patience);
  }

  /**
   * The environment of a server that listens on {@code port}: that of the request, the id, the
   * address to listen at, and limits and folders where the request has not set these variables
   * itself.
   */
  public Map<String, String> environmentAt(int port) {
    var complete = new HashMap<String, String>();
    String host = listen.ip.contains(":") ? "[" + listen.ip + "]" : listen.ip;
    complete.put("JUPYTERHUB_SERVICE_URL", "http://" + host + ":" + port + listen.prefix);
    put("MEM_LIMIT", limits.memory, complete);
    put("MEM_GUARANTEE", limits.memoryGuarantee, complete);
    put("CPU_LIMIT", limits.cpu, complete);
    put("CPU_GUARANTEE", limits.cpuGuarantee, complete);
    if (!rootDir.isEmpty()) {
      complete.put("JUPYTERHUB_ROOT_DIR", rootDir);
    }
    if (!defaultUrl.isEmpty()) {
      complete.put("JUPYTERHUB_DEFAULT_URL", defaultUrl);
    }
    complete.putAll(environment);
    complete.put(ID_VARIABLE, id.value);
    return complete;
  }

  private static void put(String name, Number value, Map<String, String> environment) {
    if (value.doubleValue() > 0) {
      environment.put(name, value.toString());
    }
  }
}
