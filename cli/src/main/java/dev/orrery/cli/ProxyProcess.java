package dev.orrery.cli;

import dev.orrery.hub.routes.ProxyApi;
import dev.orrery.hub.routes.ProxyPlace;
import dev.orrery.hub.settings.HubSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private final ProxyPlace place;
  private volatile boolean endsWithHub;
  private final Path pidFile;
  private volatile @Nullable ProcessHandle process;
  private volatile @Nullable Thread watcher;
  private volatile boolean closing;

  /**
   * The proxy that {@code settings} describe.
   *
   * @param pidFile remembers it for the next hub, which may not be its parent
   */
  ProxyProcess(
      Path program,
      Path pidFile,
      HubSettings settings,
      String token,
      ProxyApi api,
      ProxyPlace place,
      boolean endsWithHub) {
    this.program = program;
    this.pidFile = pidFile;
    this.settings = settings;
    this.token = token;
    this.api = api;
    this.place = place;
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
    if (place.isMoved()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The proxy is another one than that of the settings, as an administrator said by PATCH"
              + " /hub/api/proxy; that, and other settings of the proxy, change it again");
    } else if (api.isUp()) {
      process = remembered().orElse(null);
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
    List<String> command =
        new ArrayList<>(
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
    settings.proxy().key().ifPresent(key -> command.addAll(List.of("--ssl-key", key.toString())));
    settings
        .proxy()
        .certificate()
        .ifPresent(file -> command.addAll(List.of("--ssl-cert", file.toString())));
    var builder = new ProcessBuilder(command);
    builder.environment().put("CONFIGPROXY_AUTH_TOKEN", token);
    builder.inheritIO();
    Process started = builder.start();
    process = started.toHandle();
    remember(started.toHandle());
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

  /** Whether it ends when this is closed. */
  void endsWithHub(boolean ends) {
    endsWithHub = ends;
  }

  private void watch(String hubUrl, Runnable lost) throws InterruptedException {
    while (!closing) {
      Thread.sleep(LOOK);
      ProcessHandle was = process;
      boolean there = was == null ? api.isUp() : was.isAlive();
      if (closing || there || place.isMoved()) {
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
    ProcessHandle running = process;
    if (running == null || !endsWithHub) {
      return;
    }
    running.destroy();
    try {
      running.onExit().get(GOES.toMillis(), TimeUnit.MILLISECONDS);
      Files.deleteIfExists(pidFile);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running.destroyForcibly();
    } catch (TimeoutException e) {
      running.destroyForcibly();
    } catch (ExecutionException | IOException e) {
      LOG.log(System.Logger.Level.WARNING, "The end of the proxy was not seen", e);
    }
  }

  /** Its number and when it began: numbers are used again. */
  private void remember(ProcessHandle started) throws IOException {
    Files.writeString(pidFile, started.pid() + "\n" + beginning(started) + "\n");
  }

  private Optional<ProcessHandle> remembered() {
    try {
      List<String> lines = Files.readAllLines(pidFile);
      return lines.size() == 2
          ? ProcessHandle.of(Long.parseLong(lines.getFirst()))
              .filter(known -> beginning(known).equals(lines.get(1)))
          : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      LOG.log(System.Logger.Level.DEBUG, "No proxy is remembered in " + pidFile, e);
      return Optional.empty();
    }
  }

  private static String beginning(ProcessHandle process) {
    return process.info().startInstant().map(Object::toString).orElse("");
  }
}
