package dev.orrery.hub.services;

import dev.orrery.http.Json;
import dev.orrery.http.PlainJson;
import dev.orrery.hub.routes.Routes;
import dev.orrery.hub.servers.ClientEnvironment;
import dev.orrery.hub.servers.Probe;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseException;
import dev.orrery.hub.store.Service;
import dev.orrery.spawner.local.ServiceProcesses;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Runs the services that have a command, starts them again when they end, and looks whether those
 * with an address answer.
 */
public final class ServiceRunner implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ServiceRunner.class.getName());

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
  private static final Duration LAST_STOPS = Duration.ofSeconds(75);

  private final Database database;
  private final ServiceProcesses processes;
  private final ServiceRecords records;
  private final ClientEnvironment environment;
  private final String mark;
  private final Duration check;
  private final Probe probe = new Probe();
  private final List<Thread> keepers = new CopyOnWriteArrayList<>();
  private volatile boolean closing;

  /**
   * Runs nothing yet.
   *
   * @param mark the same for each start of this hub, and secret: processes of an earlier one are
   *     found by it
   * @param check how often is looked whether services answer; zero for never
   */
  public ServiceRunner(
      Database database,
      ServiceProcesses processes,
      ServiceRecords records,
      ClientEnvironment environment,
      String mark,
      Duration check) {
    this.database = database;
    this.processes = processes;
    this.records = records;
    this.environment = environment;
    this.mark = mark;
    this.check = check;
  }

  /** Starts what has a command, and begins to look after the others. */
  public void begin() {
    for (Service service : database.read(tx -> tx.services().all())) {
      if (service.isManaged()) {
        keepers.add(
            Thread.ofVirtual().name("service " + service.name()).start(() -> keep(service)));
      }
    }
    if (!check.isZero()) {
      keepers.add(Thread.ofVirtual().name("health of services").start(this::watch));
    }
  }

  /** Where the front door leads to services, by their paths. */
  public Map<String, Routes.Route> routes() {
    var routes = new LinkedHashMap<String, Routes.Route>();
    for (Service service : database.read(tx -> tx.services().all())) {
      service
          .address()
          .ifPresent(url ->
              routes.put(
                  records.path(service.name()),
                  new Routes.Route(origin(url), Json.object().put("service", service.name()))));
    }
    return routes;
  }

  private static String origin(String url) {
    URI uri = URI.create(url);
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  private void keep(Service service) {
    Map<String, Object> state = Map.of();
    try {
      // One that outlived the hub has a token that nobody else knows, and maybe other settings.
      state = processes.find(id(service));
      end(service, state);
      Duration pause = FIRST_PAUSE;
      while (!closing) {
        long started = System.nanoTime();
        state = start(service);
        String how = awaitEnd(service, state);
        noteProcess(service, 0);
        LOG.log(
            System.Logger.Level.ERROR,
            "The service "
                + service.name()
                + " has ended "
                + how
                + " and is started again in "
                + pause.toSeconds()
                + " s");
        Thread.sleep(pause);
        boolean ranWell = System.nanoTime() - started > LONGEST_PAUSE.toNanos() * 2;
        Duration longer = pause.multipliedBy(2);
        pause =
            ranWell ? FIRST_PAUSE : longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
      }
    } catch (InterruptedException e) {
      // The hub ends, and this with it.
      stopInTheEnd(service, state);
    }
  }

  private void stopInTheEnd(Service service, Map<String, Object> state) {
    try {
      end(service, state);
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.WARNING, "The service " + service.name() + " is left running");
      Thread.currentThread().interrupt();
    }
  }

  private void end(Service service, Map<String, Object> state) throws InterruptedException {
    if (!state.isEmpty()) {
      LOG.log(System.Logger.Level.INFO, "Stopping the service " + service.name());
      processes.stop(service.name(), state);
      noteProcess(service, 0);
    }
  }

  /** Tells others what a service runs as; 0 for nothing. */
  private void noteProcess(Service service, long pid) {
    try {
      database.change(tx -> tx.services().setPid(service.id(), pid));
    } catch (DatabaseException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "That the service " + service.name() + " is process " + pid + " could not be kept",
          e);
    }
  }

  /** Empty when it could not be started, which was logged. */
  private Map<String, Object> start(Service service) throws InterruptedException {
    try {
      String token = database.write(tx -> records.tokenForProcess(tx, service));
      Map<String, Object> state =
          processes.start(
              new ServiceProcesses.Program(
                  id(service),
                  service.name(),
                  service.command(),
                  variables(service, token),
                  service.cwd().isEmpty() ? Optional.empty() : Optional.of(Path.of(service.cwd())),
                  service.user()));
      long pid = ServiceProcesses.pid(state);
      noteProcess(service, pid);
      LOG.log(
          System.Logger.Level.INFO, "The service " + service.name() + " runs as process " + pid);
      return state;
    } catch (SpawnFailure e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The service " + service.name() + " could not be started: " + e.message());
    } catch (DatabaseException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The service " + service.name() + " is not started for want of the database",
          e);
    }
    return Map.of();
  }

  /** One id for each service of a hub, which nobody else can guess. */
  private SpawnRequest.Id id(Service service) {
    byte[] bytes = (mark + " service " + service.name()).getBytes(StandardCharsets.UTF_8);
    return new SpawnRequest.Id("service-" + UUID.nameUUIDFromBytes(bytes));
  }

  private Map<String, String> variables(Service service, String token) {
    var env = new HashMap<String, String>();
    String path = service.url().isEmpty() ? "" : records.path(service.name());
    PlainJson.map(Optional.of(service.environment()))
        .forEach((key, value) -> env.put(key, String.valueOf(value)));
    String callback =
        database
            .read(tx -> tx.oauth().client(service.clientId()))
            .map(client -> client.redirectUri())
            .orElse("");
    env.putAll(
        environment.of(
            new ClientEnvironment.Client(
                token,
                service.clientId(),
                path,
                callback,
                List.of("access:services", "access:services!service=" + service.name()),
                service.allowedScopes())));
    env.put("JUPYTERHUB_SERVICE_NAME", service.name());
    env.put("JUPYTERHUB_USER", "");
    env.put("JUPYTERHUB_SERVER_NAME", "");
    if (!service.url().isEmpty()) {
      env.put("JUPYTERHUB_SERVICE_URL", service.url());
    }
    return env;
  }

  private String awaitEnd(Service service, Map<String, Object> state) throws InterruptedException {
    if (state.isEmpty()) {
      return "at once";
    }
    while (true) {
      Thread.sleep(LOOK);
      Optional<String> ended = processes.hasEnded(service.name(), state);
      if (ended.isPresent()) {
        return ended.get();
      }
    }
  }

  private void watch() {
    var silent = new ArrayList<String>();
    try {
      while (true) {
        Thread.sleep(check);
        for (Service service : database.read(tx -> tx.services().all())) {
          if (!service.url().isEmpty()) {
            look(service, silent);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Says once that a service does not answer, and once that it does again. */
  private void look(Service service, List<String> silent) throws InterruptedException {
    URI url = URI.create(origin(service.url()) + records.path(service.name()));
    try {
      probe.awaitAnswer(url, Duration.ofSeconds(Math.max(1, service.timeout())), () -> {});
      if (silent.remove(service.name())) {
        LOG.log(System.Logger.Level.INFO, "The service " + service.name() + " answers again");
      }
    } catch (SpawnFailure e) {
      if (!silent.contains(service.name())) {
        silent.add(service.name());
        LOG.log(
            System.Logger.Level.WARNING,
            "The service " + service.name() + " can't be reached: " + e.message());
      }
    }
  }

  /** Ends the services that run, and waits for that. */
  @Override
  public void close() {
    closing = true;
    keepers.forEach(Thread::interrupt);
    long end = System.nanoTime() + LAST_STOPS.toNanos();
    try {
      for (Thread keeper : keepers) {
        keeper.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    probe.close();
  }
}
