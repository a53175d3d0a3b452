package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.PageSettings;
import gg.jte.html.HtmlInterceptor;
import gg.jte.html.HtmlTemplateOutput;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What all pages have in common: what is around them, in which language, and how they are sent. */
public final class Site {

  /** Templates have a place for somebody who watches them; we have nobody. */
  @SuppressWarnings("NullAway")
  static final HtmlInterceptor NOBODY = null;

  private final Access access;
  private final HubSettings.Addresses addresses;
  private final PageSettings settings;
  private final boolean passwords;

  /**
   * Pages at these addresses, as the settings want them.
   *
   * @param passwords whether people have passwords of this hub
   */
  public Site(
      Access access, HubSettings.Addresses addresses, PageSettings settings, boolean passwords) {
    this.access = access;
    this.addresses = addresses;
    this.settings = settings;
    this.passwords = passwords;
  }

  /** Writes a page. */
  @FunctionalInterface
  interface Drawing {
    void on(HtmlTemplateOutput output);
  }

  PageSettings settings() {
    return settings;
  }

  HubSettings.Addresses addresses() {
    return addresses;
  }

  String hub(String path) {
    return addresses.hubPath() + path;
  }

  /** What pages say to who sends this request. */
  Texts texts(Exchange exchange) {
    return settings.language().isEmpty()
        ? Texts.accepted(exchange.header("Accept-Language").orElse(""))
        : Texts.of(settings.language());
  }

  /** Around a page for whoever comes. */
  Frame frame(Exchange exchange, String page) {
    return new Frame(
        addresses.hubPath(),
        texts(exchange),
        Optional.empty(),
        List.of(),
        List.of(),
        page,
        settings.announcement(page));
  }

  /** Around a page for somebody whom we know. */
  Frame frame(Exchange exchange, Visitor visitor, String page) {
    var links = new ArrayList<Frame.Link>();
    links.add(new Frame.Link("home", "frame.home"));
    links.add(new Frame.Link("token", "frame.token"));
    if (passwords) {
      links.add(new Frame.Link("change-password", "frame.password"));
    }
    List<Frame.Link> parts = AdminPages.parts(visitor);
    if (!parts.isEmpty()) {
      links.add(new Frame.Link("admin", "frame.admin"));
    }
    return new Frame(
        addresses.hubPath(),
        texts(exchange),
        Optional.of(visitor.name()),
        links,
        parts,
        page,
        settings.announcement(page));
  }

  /** What proves that a form of this page is ours. */
  String proof(Exchange exchange, Visitor visitor) {
    return access.xsrfToken(exchange, Optional.of(visitor));
  }

  /** The address that people see, as far as a request tells: scheme, host and port. */
  String origin(Exchange exchange) {
    String scheme = exchange.header("X-Forwarded-Proto").orElse("http").split(",", 2)[0].strip();
    return addresses
        .publicUrl()
        .orElse((scheme.equalsIgnoreCase("https") ? "https" : "http") + "://" + exchange.host());
  }

  static String html(Drawing drawing) {
    var text = new StringOutput();
    drawing.on(new OwaspHtmlTemplateOutput(text));
    return text.toString();
  }

  /**
   * Answers with a page. It says how things are now, and may hold what is for this person alone.
   */
  void send(Exchange exchange, int status, Drawing drawing) {
    exchange.set("Cache-Control", "no-store");
    exchange.sendHtml(status, html(drawing));
  }

  /**
   * What a page may load and do: nothing from elsewhere, and no script but ours.
   *
   * @param scripts where scripts may come from besides
   */
  public static String policy(String hubPath, String scripts) {
    return "frame-ancestors 'none'; report-uri "
        + hubPath
        + "security/csp-report; default-src 'self'; script-src 'self'"
        + scripts
        + "; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; object-src 'none';"
        + " base-uri 'none'";
  }
}
