package dev.orrery.server.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.Filter;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The checks of section 4.1 of the reference, in their order: host, then who it is, then origin,
 * then forgery. As a {@link Filter} it checks the host and sets the headers of every answer; {@link
 * #api}, {@link #page} and {@link #socket} wrap the handlers of routes that need a login, each with
 * the refusal that suits it. Who it is, the {@link IdentityProvider} says.
 */
public final class Access implements Filter {

  private final AccessSettings settings;
  private final IdentityProvider identities;
  private final Origins origins;
  private final String basePath;

  /**
   * Makes the checks of one server.
   *
   * @param identities tells who a visitor is
   * @param basePath the path all of the server lives below, with a slash at both ends
   */
  public Access(AccessSettings settings, IdentityProvider identities, String basePath) {
    this.settings = settings;
    this.identities = identities;
    this.basePath = basePath;
    origins = new Origins(settings);
  }

  @Override
  public void handle(Exchange exchange, Handler next) throws IOException {
    exchange.set("X-Content-Type-Options", "nosniff");
    exchange.set("Content-Security-Policy", contentSecurityPolicy(""));
    settings.headers().forEach(exchange::set);
    origins.checkHost(exchange);
    next.handle(exchange);
  }

  private String contentSecurityPolicy(String more) {
    return settings
            .contentSecurityPolicy()
            .orElseGet(
                () -> "frame-ancestors 'self'; report-uri " + basePath + "api/security/csp-report")
        + more;
  }

  /**
   * Adds to the policy of this answer, for example {@code sandbox allow-scripts} around a user's
   * own files.
   */
  public void restrict(Exchange exchange, String directive) {
    exchange.set("Content-Security-Policy", contentSecurityPolicy("; " + directive));
  }

  /** For programs: without a login 403 as JSON. */
  public Handler api(Handler handler) {
    return exchange -> {
      prepareApi(exchange);
      Visitor visitor = known(exchange);
      origins.checkApi(exchange, visitor.byToken());
      identities.checkForgery(exchange, visitor, IdentityProvider.Use.API, origins);
      handler.handle(exchange);
    };
  }

  private Visitor known(Exchange exchange) {
    Visitor visitor =
        identities.visitor(exchange).orElseThrow(() -> new HttpException(403, "Forbidden"));
    exchange.attribute(Visitor.class, visitor);
    return visitor;
  }

  /** For programs that need no login. */
  public Handler openApi(Handler handler) {
    return exchange -> {
      prepareApi(exchange);
      handler.handle(exchange);
    };
  }

  /** What a browser asks before a call from another origin; needs no login. */
  public void preflight(Exchange exchange) {
    prepareApi(exchange);
    exchange.set(
        "Access-Control-Allow-Headers", "accept, content-type, authorization, x-xsrftoken");
    exchange.set("Access-Control-Allow-Methods", "GET, PUT, POST, PATCH, DELETE, OPTIONS");
    exchange.sendEmpty(200);
  }

  private void prepareApi(Exchange exchange) {
    exchange.set("Content-Security-Policy", contentSecurityPolicy("; default-src 'none'"));
    origins.allow(exchange);
  }

  /** For people: without a login to the login page and back. */
  public Handler page(Handler handler) {
    return page(IdentityProvider.Use.PAGE, handler);
  }

  /**
   * For files of the user, which another site must not be able to pull in: also asks for a
   * same-site sign.
   */
  public Handler file(Handler handler) {
    return page(IdentityProvider.Use.FILE, handler);
  }

  private Handler page(IdentityProvider.Use use, Handler handler) {
    return exchange -> {
      Optional<Visitor> visitor = identities.visitor(exchange);
      if (visitor.isEmpty()) {
        identities.sendToLogin(exchange);
        return;
      }
      exchange.attribute(Visitor.class, visitor.get());
      identities.openPage(exchange, visitor.get());
      identities.checkForgery(exchange, visitor.get(), use, origins);
      handler.handle(exchange);
    };
  }

  /** For WebSockets: without a login, or from a foreign origin, 403 before the upgrade. */
  public Handler socket(Handler handler) {
    return exchange -> {
      Visitor visitor = known(exchange);
      origins.checkSocket(exchange, visitor.byToken());
      identities.checkForgery(exchange, visitor, IdentityProvider.Use.SOCKET, origins);
      handler.handle(exchange);
    };
  }

  /** Adds what the scripts of a page have to know about its visitor. */
  public void describeVisitor(Exchange exchange, ObjectNode pageConfig) {
    identities.describe(exchange, pageConfig);
  }

  /** Whether a request by its method changes nothing. */
  public static boolean reads(Exchange exchange) {
    return switch (exchange.method().toUpperCase(Locale.ROOT)) {
      case "GET", "HEAD", "OPTIONS" -> true;
      default -> false;
    };
  }
}
