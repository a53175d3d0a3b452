package dev.orrery.server.hub;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What a server behind a hub knows of its hub and of itself, as the hub told it.
 *
 * @param user the owner of this server
 * @param serverName empty for the user's default server
 * @param basePath the path of this server, with a slash at both ends
 * @param publicUrl where browsers see this server; empty when the hub does not know
 * @param hub where the hub is
 * @param client what this server is to the hub
 * @param activity when the hub is told of use
 * @param cookies how cookies are written
 * @param xsrf how requests of this server's pages are told from others
 * @param tokenInUrl whether {@code ?token=} opens a page
 * @param socketCookies whether a WebSocket may come with nothing but a cookie
 * @param rememberFor how long an answer of the hub about a token is believed
 */
public record HubSettings(
    String user,
    String serverName,
    String basePath,
    Optional<URI> publicUrl,
    Hub hub,
    Client client,
    ActivityReports activity,
    CookieOptions cookies,
    Xsrf xsrf,
    boolean tokenInUrl,
    boolean socketCookies,
    Duration rememberFor) {

  /** The JupyterHub version whose interface this server has. */
  public static final String HUB_VERSION = "6.1.1";

  /** The variable with {@link Xsrf#secret}, which this server's kernels need not know. */
  public static final String XSRF_SECRET = "ORRERY_XSRF_SECRET";

  /**
   * Where the hub is.
   *
   * @param api its API as this server reaches it, without a slash at the end
   * @param host its public address without path; empty when it is on the server's own host
   * @param prefix the path of its pages, with a slash at both ends
   */
  public record Hub(URI api, String host, String prefix) {

    /** The address of one of the hub's pages, for browsers. */
    public String page(String name) {
      return host + prefix + name;
    }
  }

  /**
   * What this server is to the hub: a user of its API and a client of its OAuth.
   *
   * @param token proves that it is this server
   * @param id the client's name
   * @param callback where the hub sends browsers back to
   * @param accessScopes any one of them lets somebody in
   */
  public record Client(String token, String id, String callback, Set<String> accessScopes) {

    public Client {
      accessScopes = Set.copyOf(accessScopes);
    }

    /** Leaves the token out: records end up in logs. */
    @Override
    public String toString() {
      return "Client[id=" + id + "]";
    }
  }

  /**
   * How requests of this server's pages are told from others.
   *
   * @param secret what all servers of one owner sign with; nothing where the hub gave none
   * @param path where their scripts find the token, with a slash at both ends
   */
  public record Xsrf(Optional<String> secret, String path) {

    /** Leaves the secret out: records end up in logs. */
    @Override
    public String toString() {
      return "Xsrf[path=" + path + "]";
    }
  }

  /**
   * When the hub is told of use.
   *
   * @param url where to; empty for never
   * @param interval how often at most; zero for never
   */
  public record ActivityReports(Optional<URI> url, Duration interval) {}
}
