package dev.orrery.cli;

import dev.orrery.hub.routes.ProxyApi;
import dev.orrery.hub.settings.HubSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The proxy beside a hub: a process of its own, so that the end of a hub cuts no connection of
 * anybody. One that runs already and knows our token is used as it is; one that ends is started
 * again.
 */
final class ProxyProcess implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ProxyProcess.class.getName());

  private static final Duration COMES_UP = Duration.ofSeconds(30);
  private static final Duration GOES = Duration.ofSeconds(15);
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Path program;
  private final HubSettings settings;
  private final String token;
  private final ProxyApi api;
  private final boolean endsWithHub;
  private @Nullable Process process;
  private @Nullable Thread watcher;
  private volatile boolean closing;

  ProxyProcess(
      Path program, HubSettings settings, String token, ProxyApi api, boolean endsWithHub) {
    this.program = program;
    this.settings = settings;
    this.token = token;
    this.api = api;
    this.endsWithHub = endsWithHub;
  }

  /**
   * Starts it, or finds it.
   *
   * @param hubUrl where it leads by default
   * @param lost called when it was started again and knows no routes
   * @throws IOException when it does not come up
   */
  void start(String hubUrl, Runnable lost) throws IOException, InterruptedException {
    if (!settings.proxy().shouldStart()) {
      return;
    }
    if (api.isUp()) {
      LOG.log(
          System.Logger.Level.INFO, "The proxy at " + settings.proxy().apiUrl() + " runs already");
    } else {
      launch(hubUrl);
    }
    watcher =
        Thread.ofVirtual()
            .name("proxy watcher")
            .start(() -> {
              try {
                watch(hubUrl, lost);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private synchronized void launch(String hubUrl) throws IOException, InterruptedException {
    HubSettings.Addresses where = settings.addresses();
    URI apiUrl = settings.proxy().apiUrl();
    var builder =
        new ProcessBuilder(
            List.of(
                program.toString(),
                "proxy",
                "--ip",
                where.publicIp(),
                "--port",
                Integer.toString(where.publicPort()),
                "--api-ip",
                Optional.ofNullable(apiUrl.getHost()).orElse("127.0.0.1"),
                "--api-port",
                Integer.toString(apiUrl.getPort()),
                "--error-target",
                hubUrl + where.hubPath() + "error"));
    builder.environment().put("CONFIGPROXY_AUTH_TOKEN", token);
    builder.inheritIO();
    Process started = builder.start();
    process = started;
    long end = System.nanoTime() + COMES_UP.toNanos();
    while (!api.isUp()) {
      if (!started.isAlive()) {
        throw new IOException(
            "the proxy ended with status " + started.exitValue() + "; its last lines say why");
      }
      if (System.nanoTime() > end) {
        started.destroy();
        throw new IOException(
            "the proxy did not come up within " + COMES_UP.toSeconds() + " seconds");
      }
      Thread.sleep(Duration.ofMillis(50));
    }
  }

  private void watch(String hubUrl, Runnable lost) throws InterruptedException {
    while (!closing) {
      Thread.sleep(LOOK);
      if (closing || api.isUp()) {
        continue;
      }
      Process was = process;
      if (was != null && was.isAlive()) {
        continue;
      }
      LOG.log(System.Logger.Level.ERROR, "The proxy has ended; starting it again");
      try {
        launch(hubUrl);
        lost.run();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.ERROR, "The proxy could not be started: " + e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    closing = true;
    Thread watching = watcher;
    if (watching != null) {
      watching.interrupt();
    }
    Process running = process;
    if (running == null || !endsWithHub) {
      return;
    }
    running.destroy();
    try {
      if (!running.waitFor(GOES.toMillis(), TimeUnit.MILLISECONDS)) {
        running.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.destroyForcibly();
    }
  }
}
