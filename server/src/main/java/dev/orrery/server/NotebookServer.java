package dev.orrery.server;

import dev.orrery.http.AccessLog;
import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import dev.orrery.http.HttpOptions;
import dev.orrery.http.HttpServer;
import dev.orrery.http.Listen;
import dev.orrery.http.RawPath;
import dev.orrery.http.Redirects;
import dev.orrery.http.Routes;
import dev.orrery.http.SignedCookies;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.KernelHost;
import dev.orrery.kernel.KernelSpecs;
import dev.orrery.kernel.Kernels;
import dev.orrery.server.access.Access;
import dev.orrery.server.access.AccessSettings;
import dev.orrery.server.access.CookieSecret;
import dev.orrery.server.access.IdentityProvider;
import dev.orrery.server.access.LocalIdentity;
import dev.orrery.server.access.MeApi;
import dev.orrery.server.contents.ContentsApi;
import dev.orrery.server.events.Events;
import dev.orrery.server.events.EventsApi;
import dev.orrery.server.hub.HubMembership;
import dev.orrery.server.kernels.KernelSpecsApi;
import dev.orrery.server.kernels.KernelsApi;
import dev.orrery.server.lab.ConfigSections;
import dev.orrery.server.lab.ExtensionsApi;
import dev.orrery.server.lab.LabInfoApi;
import dev.orrery.server.lab.LabPages;
import dev.orrery.server.lab.LabSettingsApi;
import dev.orrery.server.lab.TranslationsApi;
import dev.orrery.server.lab.WorkspacesApi;
import dev.orrery.server.outputs.ExecutionsApi;
import dev.orrery.server.outputs.KernelOutputs;
import dev.orrery.server.pages.Page;
import dev.orrery.server.sessions.SessionTable;
import dev.orrery.server.sessions.SessionsApi;
import dev.orrery.server.settings.ServerSettings;
import dev.orrery.server.terminals.Terminals;
import dev.orrery.server.terminals.TerminalsApi;
import dev.orrery.telemetry.Metrics;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One person's notebook server. The constructor puts the parts together, {@link #start} begins to
 * listen, {@link #close} ends kernels and terminals and stops. May be closed from any thread, and
 * more than once.
 */
public final class NotebookServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(NotebookServer.class.getName());
  private static final Duration KERNELS_END = Duration.ofSeconds(20);
  private static final Duration PAGES_END = Duration.ofSeconds(2);
  private static final int MAX_CONNECTIONS = 2_000;

  private final ServerSettings settings;
  private final Kernels kernels;
  private final SessionTable sessions;
  private final KernelsApi kernelsApi;
  private final Terminals terminals;
  private final Metrics metrics = new Metrics();
  private final Activity activity;
  private final Optional<HubMembership> hub;
  private final IdentityProvider identities;
  private final Access access;
  private final Routes routes = new Routes();
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean leavesKernels;
  private volatile @Nullable HttpServer http;

  /**
   * Puts a server together; nothing listens and no kernel runs yet.
   *
   * @param paths where Jupyter keeps things for this user
   * @param host where kernels run
   * @param specs which kernels there are
   * @throws IOException when the cookie secret can't be read or made
   */
  public NotebookServer(
      ServerSettings settings, JupyterPaths paths, KernelHost host, KernelSpecs specs)
      throws IOException {
    this.settings = settings;
    String base = settings.front().basePath();
    kernels = new Kernels(settings.kernels(), specs, host, place(settings, base));
    terminals = new Terminals(settings.terminals());
    activity = new Activity(kernels);
    var redirects = new Redirects(base, settings.front().landing());
    hub =
        settings
            .hub()
            .map(of ->
                new HubMembership(of, redirects, settings.access().checkXsrf(), activity::last));
    identities =
        hub.isPresent() ? hub.get().identities() : localIdentity(settings.access(), redirects);
    access = new Access(settings.access(), identities, base);
    StatusApi.declareMetrics(metrics, kernels, terminals::count, activity);

    var events = new Events();
    Path userData = paths.dataDir().toAbsolutePath().getParent();
    sessions = new SessionTable(kernels);
    var sockets = settings.kernelSockets();
    var live =
        new KernelOutputs(
            sessions::kernelOf,
            Optional.of(sockets.tracebackReplacement()).filter(_ -> !sockets.allowTracebacks()));
    var contents =
        new ContentsApi(
            settings.contents(),
            live,
            userData == null ? paths.dataDir() : userData,
            access,
            events,
            base);
    kernels.onEnd(kernel -> keep(kernel, sessions, live, contents));
    String defaultKernel = settings.kernels().defaultKernelName();
    kernelsApi =
        new KernelsApi(
            kernels,
            contents.paths(),
            access,
            events,
            sockets,
            settings.front().webSockets(),
            defaultKernel,
            settings.kernels().waits().kernelInfo(),
            base);

    new StatusApi(settings.front(), access, kernels, activity, metrics, stopAsked::countDown)
        .declare(routes);
    identities.declare(routes);
    new MeApi(access, identities).declare(routes);
    contents.declare(routes);
    kernelsApi.declare(routes);
    new KernelSpecsApi(specs, defaultKernel, access, base).declare(routes);
    new SessionsApi(kernels, sessions, kernelsApi, contents.paths(), access, base).declare(routes);
    new ExecutionsApi(sessions::kernelOf, access).declare(routes);
    if (settings.terminals().enabled()) {
      new TerminalsApi(terminals, access, settings.front().webSockets()).declare(routes);
    }
    new EventsApi(events, access, settings.front().webSockets()).declare(routes);
    new ConfigSections(settings.labFolders().configPath(), access).declare(routes);
    new LabPages(settings.lab(), settings.labFolders(), access, contents.paths(), base)
        .declare(routes);
    new LabSettingsApi(settings.lab(), settings.labFolders(), access).declare(routes);
    new WorkspacesApi(settings.labFolders().workspaces(), access).declare(routes);
    new LabInfoApi(settings.labFolders(), access).declare(routes);
    new TranslationsApi(settings.lab(), settings.labFolders(), access).declare(routes);
    new ExtensionsApi(settings.lab(), settings.labFolders(), access).declare(routes);
  }

  /** A server with the same files at the same address is the same to its pages. */
  private static String place(ServerSettings settings, String base) {
    Path root = settings.contents().root();
    try {
      root = root.toRealPath();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "The folder of the files can't be read", e);
    }
    return root + "\n" + base;
  }

  /**
   * What cells have put out that no page has is written before the kernel that knows it is gone.
   */
  private static void keep(
      Kernel kernel, SessionTable sessions, KernelOutputs live, ContentsApi contents) {
    for (String path : sessions.documentsOf(kernel.id())) {
      try {
        contents.rewrite(path, notebook -> live.keep(kernel, notebook));
      } catch (IOException | HttpException e) {
        LOG.log(
            System.Logger.Level.WARNING,
            "What ran in " + path + " while no page was there is lost: " + e.getMessage());
      }
    }
  }

  private IdentityProvider localIdentity(AccessSettings access, Redirects redirects)
      throws IOException {
    byte[] secret = CookieSecret.derive(access.cookieSecretFile(), access.hashedPassword());
    return new LocalIdentity(
        access,
        new SignedCookies(secret, Clock.systemUTC()),
        Clock.systemUTC(),
        settings.front().basePath(),
        redirects);
  }

  /**
   * Listens: on the wanted port, else on the next ones, else on random ones near it, as upstream
   * does.
   *
   * @throws IOException when no port could be had, or the server's hub does not answer
   */
  public void start() throws IOException {
    if (hub.isPresent()) {
      hub.get().greet();
    }
    // Before a page asks for them.
    kernels.resume(sessions::restore);
    listen();
    hub.ifPresent(HubMembership::start);
  }

  private void listen() throws IOException {
    if (settings.front().listen() instanceof Listen.Tcp tcp && tcp.port() != 0) {
      IOException last = new IOException("no port was tried");
      for (int attempt = 0; attempt <= settings.front().portRetries(); attempt++) {
        int port = candidate(tcp.port(), attempt, settings.front().portRetries());
        try {
          listen(new Listen.Tcp(tcp.host(), port));
          return;
        } catch (IOException e) {
          if (!isTaken(e)) {
            throw e;
          }
          last = e;
          String next = attempt < settings.front().portRetries() ? ", trying another port." : ".";
          LOG.log(System.Logger.Level.INFO, "The port " + port + " is already in use" + next);
        }
      }
      throw new IOException(
          "No free port: "
              + (settings.front().portRetries() + 1)
              + " ports from "
              + tcp.port()
              + " on are taken. Give another one with --port.",
          last);
    }
    listen(settings.front().listen());
  }

  private static int candidate(int port, int attempt, int retries) {
    if (attempt <= 4) {
      return Math.min(65_535, port + attempt);
    }
    int distance = ThreadLocalRandom.current().nextInt(-2 * retries, 2 * retries + 1);
    return Math.clamp((long) port + distance, 1, 65_535);
  }

  private static boolean isTaken(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use")) {
        return true;
      }
    }
    return false;
  }

  private void listen(Listen where) throws IOException {
    List<String> base = RawPath.segments(settings.front().basePath());
    var options =
        new HttpOptions(
            where, base.subList(0, base.size() - 1), settings.front().maxBody(), MAX_CONNECTIONS);
    var server =
        new HttpServer(
            options,
            routes,
            this::filter,
            this::errorPage,
            HttpServer.durations(metrics),
            new AccessLog(settings.front().scrubbedKeys()));
    server.start();
    http = server;
  }

  /**
   * Around every request: the checks of {@link Access}, the clock of {@link Activity}, one spelling
   * of each address.
   */
  private void filter(Exchange exchange, Handler next) throws IOException {
    activity.track(exchange);
    access.handle(
        exchange,
        checked -> {
          List<String> segments = checked.segments();
          boolean trailing =
              checked.route().isEmpty() && segments.size() > 1 && segments.getLast().isEmpty();
          if (checked.rawPath().concat("/").equals(settings.front().basePath())) {
            String query = checked.rawQuery();
            checked.redirect(settings.front().basePath() + (query.isEmpty() ? "" : "?" + query));
          } else if (trailing) {
            redirectWithoutTrailingSlash(checked);
          } else {
            next.handle(checked);
          }
        });
  }

  private void redirectWithoutTrailingSlash(Exchange exchange) {
    String path = exchange.rawPath();
    // Slashes go at both ends, and backslashes, which browsers read as slashes: "//host/" must not
    // become the address of another server.
    String bare = path.replaceFirst("^[/\\\\]+", "").replaceFirst("/+$", "");
    String query = exchange.rawQuery();
    exchange.redirect("/" + bare + (query.isEmpty() ? "" : "?" + query));
  }

  private String errorPage(Exchange exchange, int status, String message) {
    String title =
        status == 404 ? "Not found" : status == 403 ? "Not allowed" : "Something went wrong";
    var links = new LinkedHashMap<String, String>();
    identities.waysOut().forEach(way -> links.put(way.address(), way.text()));
    return Page.message(settings.front().basePath(), title, message, links);
  }

  /** The port it listens on, once started; -1 on a unix socket. */
  public int port() {
    HttpServer server = http;
    if (server == null) {
      throw new IllegalStateException("Not started");
    }
    return server.port();
  }

  /** How many kernels and terminals would be lost by stopping now. */
  public int running() {
    return kernels.list().size() + terminals.count();
  }

  /** How many kernels run. */
  public int kernelCount() {
    return kernels.list().size();
  }

  /**
   * Waits until a page, or idleness where that is set, asks the server to stop.
   *
   * @throws InterruptedException when the waiting thread is interrupted
   */
  public void awaitStopRequest() throws InterruptedException {
    long idle = settings.front().idleShutdown().toSeconds();
    while (!stopAsked.await(idle > 0 ? Math.clamp(idle / 4, 1, 60) : 3_600, TimeUnit.SECONDS)) {
      boolean quiet = running() == 0 && activity.last().plusSeconds(idle).isBefore(Instant.now());
      if (idle > 0 && quiet) {
        LOG.log(
            System.Logger.Level.INFO,
            "Stopping after " + idle + " s without kernels, terminals or requests");
        return;
      }
    }
  }

  /** Makes {@link #awaitStopRequest} return. */
  public void requestStop() {
    stopAsked.countDown();
  }

  /**
   * Makes {@link #awaitStopRequest} return, and {@link #close} let go of the kernels, which go on
   * running for the next server with the same files and address.
   */
  public void requestStopWithoutKernels() {
    leavesKernels = true;
    requestStop();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    stopAsked.countDown();
    HttpServer server = http;
    if (server != null) {
      server.refuseWebSockets();
    }
    hub.ifPresent(HubMembership::close);
    int running = kernels.list().size();
    if (running > 0) {
      LOG.log(
          System.Logger.Level.INFO,
          (leavesKernels ? "Leaving " : "Shutting down ")
              + running
              + (running == 1 ? " kernel" : " kernels")
              + (leavesKernels ? " running" : ""));
    }
    if (leavesKernels) {
      kernels.leave();
    } else {
      kernels.shutdownAll(KERNELS_END);
      kernels.close();
    }
    try {
      // The end of the connections says why; the server's own end says less.
      kernelsApi.awaitNoPages(PAGES_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    terminals.close();
    if (server != null) {
      server.close();
    }
  }
}
