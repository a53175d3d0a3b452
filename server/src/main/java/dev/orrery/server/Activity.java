package dev.orrery.server;

import dev.orrery.http.Exchange;
import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.Kernels;
import java.time.Instant;

/** When the server was last used: by a request that says so, or by a kernel that works. */
final class Activity {

  private final Instant started = Instant.now();
  private final Kernels kernels;
  private volatile Instant lastRequest = started;

  Activity(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Counts an API request, unless it says that it is only looking. */
  void track(Exchange exchange) {
    boolean api = exchange.route().startsWith("/api/") || exchange.route().startsWith("/lab/api/");
    boolean looksOnly =
        exchange.query("no_track_activity").filter(value -> !value.equals("0")).isPresent();
    if (api && !looksOnly) {
      lastRequest = Instant.now();
    }
  }

  Instant started() {
    return started;
  }

  Instant last() {
    Instant last = lastRequest;
    for (Kernel kernel : kernels.list()) {
      if (kernel.lastActivity().isAfter(last)) {
        last = kernel.lastActivity();
      }
    }
    return last;
  }
}
