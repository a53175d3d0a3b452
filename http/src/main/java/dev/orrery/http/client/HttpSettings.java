package dev.orrery.http.client;

import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * How {@link HttpCalls} connect.
 *
 * @param connect how long it may take until a connection is there
 * @param idle how long one that says nothing is kept for the next call
 * @param tls how TLS is spoken
 * @param through what stands in between
 * @param followsRedirects whether a redirect of a GET is followed
 */
public record HttpSettings(
    Duration connect, Duration idle, Tls tls, Optional<Through> through, boolean followsRedirects) {

  /** Directly, with TLS as the platform has it, to wherever we were told and nowhere else. */
  public static HttpSettings plain(Duration connect, Duration idle) {
    return new HttpSettings(connect, idle, Tls.ofPlatform(), Optional.empty(), false);
  }

  /** Makes whom to trust and which certificate is ours, when the first address with TLS comes. */
  public interface Contexts {
    SSLContext get() throws NoSuchAlgorithmException;
  }

  /**
   * How TLS is spoken. A certificate is always checked as {@code context} says, and against a name.
   *
   * @param versions that may be spoken, as the platform names them; empty for those that are usual
   * @param serverName that certificates have to be for; empty for that of the address
   */
  public record Tls(Contexts context, List<String> versions, String serverName) {

    public Tls {
      versions = List.copyOf(versions);
    }

    /**
     * To read all trusted certificates is a third of a hub's start; so they are read when needed.
     */
    static Tls ofPlatform() {
      return new Tls(SSLContext::getDefault, List.of(), "");
    }
  }

  /**
   * A proxy.
   *
   * @param isSocks whether it speaks SOCKS, and not HTTP
   * @param credentials who we are to it; nothing where it does not ask
   */
  public record Through(
      InetSocketAddress address, boolean isSocks, Optional<PasswordAuthentication> credentials) {}
}
