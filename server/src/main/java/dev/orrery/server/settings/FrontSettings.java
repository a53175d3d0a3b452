package dev.orrery.server.settings;

import dev.orrery.config.Trait;
import dev.orrery.http.Listen;
import dev.orrery.http.RawPath;
import dev.orrery.http.WebSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Where and how the server is reached.
 *
 * @param listen where to listen; the port is the first one to try
 * @param portRetries how many further ports are tried
 * @param basePath begins and ends with a slash
 * @param landing the path / leads to, with the base path
 * @param maxBody the largest request body, in bytes
 * @param webSockets limits of every WebSocket
 * @param authenticateMetrics whether /metrics asks for a login
 * @param quitButton whether a page can stop the server
 * @param idleShutdown the server stops after so long without activity; zero for never
 * @param scrubbedKeys further query fields whose values are kept out of the log
 */
public record FrontSettings(
    Listen listen,
    int portRetries,
    String basePath,
    String landing,
    long maxBody,
    WebSocketOptions webSockets,
    boolean authenticateMetrics,
    boolean quitButton,
    Duration idleShutdown,
    List<String> scrubbedKeys) {

  public FrontSettings {
    scrubbedKeys = List.copyOf(scrubbedKeys);
  }

  static FrontSettings read(Given given, App app, UserFiles files) {
    String basePath = basePath(given.get(ServerTraits.BASE_URL));
    return new FrontSettings(
        listen(given),
        given.get(ServerTraits.PORT_RETRIES),
        basePath,
        landing(given, app, files, basePath),
        given.get(ServerTraits.MAX_BODY_SIZE),
        webSockets(given),
        given.get(ServerTraits.AUTHENTICATE_PROMETHEUS),
        given.get(ServerTraits.QUIT_BUTTON),
        given.wholeSeconds(ServerTraits.SHUTDOWN_NO_ACTIVITY_TIMEOUT),
        given.get(ServerTraits.EXTRA_LOG_SCRUB_PARAM_KEYS));
  }

  private static Listen listen(Given given) {
    String sock = given.get(ServerTraits.SOCK);
    if (!sock.isEmpty()) {
      return new Listen.Unix(
          given.path(sock), Integer.parseInt(given.get(ServerTraits.SOCK_MODE), 8));
    }
    String ip = given.get(ServerTraits.IP);
    return new Listen.Tcp(ip.equals("*") ? "" : ip, given.get(ServerTraits.PORT));
  }

  private static String basePath(String given) {
    String path = given.startsWith("/") ? given : "/" + given;
    return path.endsWith("/") ? path : path + "/";
  }

  private static String landing(Given given, App app, UserFiles files, String basePath) {
    Trait<String> setting = AppTraits.defaultUrl(given, app);
    String path = given.getOr(setting, app.defaultUrl());
    if (files.fileToRun().isPresent()) {
      String encoded = RawPath.encodePath(files.fileToRun().get());
      path = app == App.NOTEBOOK ? "/notebooks/" + encoded : "/lab/tree/" + encoded;
    }
    if (path.startsWith("//") || path.contains("://")) {
      given.problem(
          setting, "'" + path + "' leads to another server; it has to be a path of this one");
    }
    return path.startsWith(basePath) ? path : basePath + withoutLeadingSlashes(path);
  }

  private static String withoutLeadingSlashes(String path) {
    int start = 0;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    return path.substring(start);
  }

  private static WebSocketOptions webSockets(Given given) {
    int interval = given.get(ServerTraits.WEBSOCKET_PING_INTERVAL);
    int timeout = given.get(ServerTraits.WEBSOCKET_PING_TIMEOUT);
    Map<String, Object> tornado = given.get(ServerTraits.TORNADO_SETTINGS);
    long maxMessage =
        tornado.get("websocket_max_message_size") instanceof Number size
            ? size.longValue()
            : 10L << 20;
    if (maxMessage <= 0 || maxMessage > Integer.MAX_VALUE) {
      given.problem(
          ServerTraits.TORNADO_SETTINGS,
          "websocket_max_message_size is "
              + maxMessage
              + "; it has to be between 1 and "
              + Integer.MAX_VALUE);
    }
    long millis =
        interval > 0
            ? interval * 1_000L
            : tornado.get("ws_ping_interval") instanceof Number ping ? ping.longValue() : 30_000;
    long silence = timeout > 0 ? timeout * 1_000L : Math.max(3 * millis, 30_000);
    return new WebSocketOptions(
        maxMessage,
        Duration.ofMillis(millis),
        Duration.ofMillis(silence + millis),
        Duration.ofSeconds(60),
        false);
  }
}
