package dev.orrery.server.access;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Routes;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells who a visitor is and how someone unknown gets to be known. The one place of a server that
 * knows whether a token, a password or a hub decides. Called by many requests at the same time.
 */
public interface IdentityProvider {

  /** What a request wants, which decides how another site could misuse it. */
  enum Use {
    API,
    PAGE,
    FILE,
    SOCKET
  }

  /**
   * Who the request comes from; empty when nobody is known.
   *
   * @throws HttpException 403 for someone who is known and may not come in; 502 or 503 when that
   *     can't be found out now
   */
  Optional<Visitor> visitor(Exchange exchange);

  /** Answers a page that nobody known asks for: leads to where one can log in, and back. */
  void sendToLogin(Exchange exchange);

  /**
   * Refuses what another site could have made the visitor's browser send.
   *
   * @param origins which other sites are trusted
   * @throws HttpException 403 with the reason
   */
  void checkForgery(Exchange exchange, Visitor visitor, Use use, Origins origins);

  /** Gives the browser that gets a page what the page's scripts need to pass that check. */
  void openPage(Exchange exchange, Visitor visitor);

  /** Adds what the page's scripts have to know about the visitor. */
  void describe(Exchange exchange, ObjectNode pageConfig);

  /** The fields of their identity that visitors may change. */
  List<String> updatableFields();

  /** Keeps what a visitor changed, for their next requests. */
  void update(Exchange exchange, Identity changed);

  /** Where someone can go who may not see a page, the most helpful first. */
  List<WayOut> waysOut();

  /** Adds the pages of logging in and out. */
  void declare(Routes routes);

  /**
   * A link on a page that says no.
   *
   * @param address a path of this host, or an address
   */
  record WayOut(String address, String text) {}
}
