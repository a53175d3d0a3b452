package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.hub.access.Visitor;
import java.util.Map;

/** Asks whether a server of somebody else, or a service, may know who one is, and do more. */
public final class ConfirmPage {

  private final Site site;

  /** A page of this site. */
  public ConfirmPage(Site site) {
    this.site = site;
  }

  /**
   * Answers with the page.
   *
   * @param client what the one who asks calls itself
   * @param scopes what it asks for, with what that means
   */
  public void show(Exchange exchange, Visitor visitor, String client, Map<String, String> scopes) {
    Frame frame = site.frame(exchange, visitor, "oauth");
    String proof = site.proof(exchange, visitor);
    site.send(
        exchange,
        200,
        out ->
            JteconfirmGenerated.render(
                out, Site.NOBODY, frame, visitor.name(), client, scopes, proof));
  }
}
