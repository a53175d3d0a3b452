package dev.orrery.hub.pages;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.MediaTypes;
import dev.orrery.http.Routes;
import dev.orrery.hub.access.Access;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.metrics.HubMetrics;
import dev.orrery.web.Assets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What pages are made of besides HTML, and what browsers say of them. */
public final class AssetPages {

  private static final System.Logger LOG = System.getLogger(AssetPages.class.getName());
  private static final int MOST_CHARACTERS = 2_000;
  private static final long MOST_BYTES = 4L << 20;

  private final Access access;
  private final Site site;
  private final HubMetrics metrics;

  /** Gives the files of these pages. */
  public AssetPages(Access access, Site site, HubMetrics metrics) {
    this.access = access;
    this.site = site;
    this.metrics = metrics;
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    routes.add(Routes.Kind.PAGE, "GET", "/static/{name}", AssetPages::asset);
    routes.add(Routes.Kind.PAGE, "GET", "/logo", this::logo);
    // Reports have no token in them; they come with the cookie of who is logged in.
    routes.add(Routes.Kind.PAGE, "POST", "/security/csp-report", access.instead(this::report));
  }

  private static void asset(Exchange exchange) {
    send(exchange, exchange.parameter("name"));
  }

  private static void send(Exchange exchange, String name) {
    byte[] bytes =
        Assets.find(name)
            .orElseThrow(() -> new HttpException(404, "Nothing is here: " + exchange.rawPath()));
    exchange.set("Cache-Control", "max-age=86400");
    exchange.send(200, MediaTypes.ofName(name).orElse("application/octet-stream"), bytes);
  }

  private void logo(Exchange exchange) throws IOException {
    Optional<Path> file = site.settings().logo();
    if (file.isEmpty()) {
      send(exchange, "mark.svg");
      return;
    }
    if (!Files.isRegularFile(file.get()) || Files.size(file.get()) > MOST_BYTES) {
      LOG.log(
          System.Logger.Level.WARNING,
          "JupyterHub.logo_file: " + file.get() + " is no file of at most 4 MB; ours is shown");
      send(exchange, "mark.svg");
      return;
    }
    String name = String.valueOf(file.get().getFileName()).toLowerCase(Locale.ROOT);
    exchange.set("Cache-Control", "max-age=3600");
    exchange.send(200, MediaTypes.ofName(name).orElse("image/png"), Files.readAllBytes(file.get()));
  }

  /** A browser has kept something from a page that its policy does not allow. */
  private void report(Exchange exchange, Visitor visitor) throws IOException {
    String said = new String(exchange.bodyBytes(), StandardCharsets.UTF_8);
    LOG.log(
        System.Logger.Level.WARNING,
        "Content security violation, as the browser of "
            + visitor.name()
            + " says: "
            + said.substring(0, Math.min(said.length(), MOST_CHARACTERS))
                .replaceAll("\\p{Cntrl}", " "));
    metrics.reported();
    exchange.sendEmpty(200);
  }
}
