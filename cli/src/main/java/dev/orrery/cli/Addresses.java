package dev.orrery.cli;

import dev.orrery.http.Listen;
import dev.orrery.http.RawPath;
import dev.orrery.server.settings.ServerSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * The addresses a server tells.
 *
 * @param hostname what it listens on
 * @param base the root of the server
 * @param landing what a person opens, with the token
 * @param local the same by a loopback address, when {@code landing} is not one
 */
record Addresses(String hostname, String base, String landing, Optional<String> local) {

  static Addresses of(ServerSettings settings, int port) {
    String tail = settings.front().landing() + query(settings);
    if (settings.front().listen() instanceof Listen.Unix unix) {
      String host = "http+unix://" + RawPath.encode(unix.path().toString()).replace("/", "%2F");
      return new Addresses("", host + settings.front().basePath(), host + tail, Optional.empty());
    }
    String host = ((Listen.Tcp) settings.front().listen()).host();
    String hostname = host.isEmpty() ? "0.0.0.0" : host;
    boolean all = hostname.equals("0.0.0.0") || hostname.equals("::");
    String shown = "http://" + inUrl(all ? thisHost() : hostname) + ":" + port;
    String loopback = "http://127.0.0.1:" + port;
    String custom = settings.start().customDisplayUrl();
    return new Addresses(
        hostname,
        (all ? loopback : shown) + settings.front().basePath(),
        custom.isEmpty() ? shown + tail : custom.replaceFirst("/$", "") + tail,
        shown.equals(loopback) ? Optional.empty() : Optional.of(loopback + tail));
  }

  private static String query(ServerSettings settings) {
    String token = settings.access().token();
    return token.isEmpty() ? "" : "?token=" + RawPath.encode(token);
  }

  private static String inUrl(String host) {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }

  private static String thisHost() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "127.0.0.1";
    }
  }
}
