package dev.orrery.conformance;

import com.microsoft.playwright.BrowserContext;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** What pages complain about: errors in the console, uncaught errors, requests to another host. */
final class Complaints {

  /** A complaint with {@code part} in it is no defect because of {@code reason}. */
  record Noise(String part, String reason) {}

  private final List<String> all = new ArrayList<>();
  private final List<Noise> expected;
  private final String host;

  Complaints(String origin, BrowserContext context, List<Noise> expected) {
    this.host = URI.create(origin).getAuthority();
    this.expected = new ArrayList<>(expected);
    context.onConsoleMessage(message -> {
      if (message.type().equals("error")) {
        add("console: " + message.text() + " (" + message.location() + ")");
      }
    });
    context.onWebError(error -> add("uncaught: " + error.error()));
    context.onRequest(request -> checkHost(request.url()));
    context.onPage(page -> page.onWebSocket(socket -> checkHost(socket.url())));
  }

  /** Expects a complaint that a test provokes. */
  void expect(String part, String reason) {
    expected.add(new Noise(part, reason));
  }

  List<String> all() {
    return List.copyOf(all);
  }

  /** What the browser brings itself, as its viewer of PDF, is no host. */
  private void checkHost(String url) {
    URI address = URI.create(url.split("\\?", 2)[0].replace(" ", "%20"));
    boolean local =
        List.of("data", "blob", "about", "chrome", "chrome-extension")
            .contains(address.getScheme());
    if (!local && !host.equals(address.getAuthority())) {
      add("request to another host: " + url);
    }
  }

  private void add(String complaint) {
    if (expected.stream().noneMatch(noise -> complaint.contains(noise.part()))) {
      all.add(complaint);
    }
  }
}
