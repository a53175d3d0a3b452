package dev.orrery.proxy.api;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Leads everyone who came without TLS to where it is ({@code --redirect-port}). */
public final class RedirectEndpoint implements Endpoint {

  /** A name, an IPv4 address or an IPv6 address in brackets, with or without a port. */
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::\\d*)?");

  private static final int USUAL = 443;
  private static final byte[] NOTHING = {};

  private final String port;

  /** Leads to this port of the host that was asked for. */
  public RedirectEndpoint(int port) {
    this.port = port == USUAL ? "" : ":" + port;
  }

  @Override
  public Optional<Answer> beforeBody(Request request) {
    var host = HOST.matcher(request.host());
    if (!host.matches()) {
      return Optional.of(
          Answer.refused(
              400, "This port only redirects to HTTPS, and the request names no host to do so."));
    }
    String location = "https://" + host.group(1) + port + request.origin();
    return Optional.of(new Answer(301, Map.of("Location", location), NOTHING, ""));
  }

  @Override
  public Answer answer(Request request, byte[] body) {
    return Answer.notFound();
  }

  @Override
  public void answered(Request request, Answer answer) {
    // A redirect is followed by a request that is counted.
  }
}
