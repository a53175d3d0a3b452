package dev.orrery.server.hub;

import dev.orrery.http.Redirects;
import dev.orrery.server.access.IdentityProvider;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server's side of belonging to a hub: asks it who visitors are and tells it when the server is
 * used. {@link #greet} before the server listens, {@link #start} after, {@link #close} at the end.
 */
public final class HubMembership implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(HubMembership.class.getName());
  private static final int ATTEMPTS = 5;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(16);

  private final HubSettings settings;
  private final HubClient client;
  private final IdentityProvider identities;
  private final Supplier<Instant> lastActivity;
  private @Nullable ActivityReporter reporter;

  /**
   * Belongs to the hub of {@code settings}; nothing is asked yet.
   *
   * @param redirects decides where a login may lead
   * @param checkXsrf false only when the user said so
   * @param lastActivity when the server was last used
   */
  public HubMembership(
      HubSettings settings,
      Redirects redirects,
      boolean checkXsrf,
      Supplier<Instant> lastActivity) {
    this.settings = settings;
    this.lastActivity = lastActivity;
    client = new HubClient(settings);
    identities = new HubIdentity(settings, client, redirects, checkXsrf, Clock.systemUTC());
  }

  /** Who visitors are, as the hub says. */
  public IdentityProvider identities() {
    return identities;
  }

  /**
   * Makes sure that the hub is there, with a few attempts, and warns when it is of another major
   * version.
   *
   * @throws IOException when it does not answer: without it nobody could log in
   */
  public void greet() throws IOException {
    try {
      compare(versionOfTheHub());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while waiting for the hub", e);
    }
  }

  private Optional<String> versionOfTheHub() throws HubTrouble, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        return client.version();
      } catch (HubTrouble e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.log(
            System.Logger.Level.WARNING,
            e.getMessage() + " (attempt " + attempt + " of " + ATTEMPTS + ")");
        Duration wait = Duration.ofSeconds(1L << attempt);
        Thread.sleep(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
      }
    }
  }

  private static void compare(Optional<String> hub) {
    if (hub.isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, "The hub tells no version; it may be older than 0.8");
    } else if (!major(hub.get()).equals(major(HubSettings.HUB_VERSION))) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The hub is JupyterHub "
              + hub.get()
              + ", and this server is made for "
              + HubSettings.HUB_VERSION
              + ": logins may fail");
    }
  }

  private static String major(String version) {
    return version.split("\\.", 2)[0];
  }

  /** Begins to tell the hub of activity. */
  public synchronized void start() {
    Optional<URI> url = settings.activity().url();
    Duration interval = settings.activity().interval();
    if (url.isEmpty() || interval.isZero()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The hub is not told of activity: JUPYTERHUB_ACTIVITY_URL or its interval is not set");
      return;
    }
    var started = new ActivityReporter(client, url.get(), interval, lastActivity);
    started.start();
    reporter = started;
  }

  @Override
  public synchronized void close() {
    if (reporter != null) {
      reporter.close();
    }
  }
}
