package dev.orrery.cli;

import dev.orrery.config.Declarations;
import dev.orrery.config.Outcome;
import dev.orrery.config.Problem;
import dev.orrery.config.Reference;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.hub.Hub;
import dev.orrery.hub.access.CookieSecret;
import dev.orrery.hub.api.Shutdown;
import dev.orrery.hub.logins.Authenticators;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.routes.ProxyApi;
import dev.orrery.hub.routes.ProxyPlace;
import dev.orrery.hub.secrets.FernetKeys;
import dev.orrery.hub.settings.AuthenticatorClass;
import dev.orrery.hub.settings.HubDeclarations;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.SpawnSettings;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseException;
import dev.orrery.hub.store.DatabaseUrl;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kubernetes.pods.SpawnerTraits;
import dev.orrery.spawner.local.LocalProcessSettings;
import dev.orrery.spawner.local.ServiceProcesses;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.telemetry.LogFormat;
import dev.orrery.telemetry.Logging;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code orrery hub}, from the command line to the last line of the log: settings, database, how
 * people log in, what starts their servers, the proxy, the hub, the end.
 */
final class HubCommand {

  private static final System.Logger LOG = System.getLogger(HubCommand.class.getName());
  private static final Duration FIRST_LINK = Duration.ofHours(24);

  private final List<String> arguments;
  private final Map<String, String> env = System.getenv();
  private final Path folder = Path.of("").toAbsolutePath();
  private final Path program =
      Path.of(System.getProperty("orrery.home", "."), "bin", "orrery").toAbsolutePath().normalize();

  HubCommand(List<String> arguments) {
    this.arguments = arguments;
  }

  /** Runs until a signal ends it; gives the exit status. */
  int run() {
    Logging.configure(System.Logger.Level.INFO, LogFormat.LINE, System.err);
    Declarations declarations = HubDeclarations.all(SpawnerTraits::declare);
    Optional<String> help = Questions.answer(Version.TEXT, arguments, declarations);
    if (help.isPresent()) {
      System.out.println(help.get());
      return 0;
    }
    var sources =
        new Sources(
            arguments.stream().filter(argument -> !Questions.isOurs(argument)).toList(),
            env,
            List.of(folder),
            Programs.find("python3", env),
            folder,
            arguments.contains("--strict-config"));
    Outcome outcome = new SettingsReader(declarations).read(sources);
    if (outcome instanceof Outcome.Refused refused) {
      refused.warnings().forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning));
      return refuse(refused.problems());
    }
    Settings settings = ((Outcome.Ready) outcome).settings();
    LogSettings.apply(
        settings.get(HubDeclarations.LOG_LEVEL), settings.get(HubDeclarations.LOG_FORMAT));
    outcome.warnings().forEach(warning -> LOG.log(System.Logger.Level.WARNING, warning));
    Optional<String> shown = Questions.shown(arguments, settings);
    if (shown.isPresent()) {
      System.out.println(shown.get());
      return 0;
    }
    if (arguments.contains("--generate-config")) {
      return generateConfig(declarations);
    }
    return switch (HubSettings.read(settings, env, folder)) {
      case HubSettings.Result.Refused(List<Problem> problems) -> refuse(problems);
      case HubSettings.Result.Ready(HubSettings read) -> open(settings, read);
    };
  }

  private static int refuse(List<Problem> problems) {
    System.err.println("orrery hub: not started, because of settings:");
    problems.forEach(problem -> System.err.println("  " + problem));
    return 1;
  }

  private static int refuse(String sentence) {
    System.err.println("orrery hub: not started: " + sentence);
    return 1;
  }

  private int generateConfig(Declarations declarations) {
    Path file = folder.resolve(HubDeclarations.CONFIG_NAME + ".py");
    if (Files.exists(file) && !arguments.contains("-y")) {
      return refuse(file + " exists and is left as it is; -y overwrites it");
    }
    try {
      Files.writeString(file, Reference.generateConfig(declarations));
      System.out.println("Writing default config to: " + file);
      return 0;
    } catch (IOException e) {
      return refuse(file + " could not be written: " + e.getMessage());
    }
  }

  /** Whether somebody just typed the command: nothing is set, and nothing is there. */
  private boolean isFresh(HubSettings settings) {
    boolean configured =
        arguments.stream()
                .anyMatch(argument -> argument.startsWith("-f") || argument.startsWith("--config"))
            || List.of(".py", ".json", ".yaml", ".yml").stream()
                .anyMatch(end -> Files.exists(folder.resolve(HubDeclarations.CONFIG_NAME + end)));
    boolean database =
        switch (settings.store().url()) {
          case DatabaseUrl.SqliteFile(Path file) -> Files.exists(file);
          case DatabaseUrl.SqliteMemory _ -> false;
          case DatabaseUrl.Postgresql _ -> true;
        };
    return !configured && !database;
  }

  private int open(Settings settings, HubSettings read) {
    boolean fresh = isFresh(read);
    try (Database database = Database.open(read.store().url(), read.store().upgrade())) {
      return serve(settings, read, database, fresh);
    } catch (DatabaseException | IllegalArgumentException | IOException e) {
      return refuse(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private int serve(Settings settings, HubSettings read, Database database, boolean fresh)
      throws IOException, InterruptedException {
    boolean ownAccounts =
        AuthenticatorClass.of(read.logins().authenticator())
                .filter(AuthenticatorClass.ACCOUNTS::equals)
                .isPresent()
            || read.logins().authenticator().isEmpty()
                && (fresh
                    || database.read(tx ->
                        tx.accounts(Accounts.Kind.OWN).areUsed() || tx.invitations().areUsed()));
    HubSettings complete = ownAccounts ? read.forAccounts(settings) : read;
    Authenticator authenticator;
    switch (Authenticators.choose(settings, complete.logins(), database)) {
      case Authenticators.Choice.Found(Authenticator found) -> authenticator = found;
      case Authenticators.Choice.Refused(List<String> problems) -> {
        return refuse("JupyterHub.authenticator_class: " + String.join("; ", problems));
      }
    }
    LocalProcessSettings local = localProcesses(settings);
    Spawners.Choice.Found spawners;
    switch (new Spawners(settings, local, program, data(), ownAccounts).choose()) {
      case Spawners.Choice.Found found -> spawners = found;
      case Spawners.Choice.Refused(String sentence) -> {
        return refuse(sentence);
      }
    }
    SpawnSettings spawn = spawners.settings();
    String token = proxyToken(complete);
    var place =
        new ProxyPlace(
            database,
            FernetKeys.of(List.of(derived(complete, "what is kept of a proxy"))),
            complete.proxy().apiUrl(),
            token,
            Clock.systemUTC());
    var api = new ProxyApi(place);
    CountDownLatch asked = listenForEnd();
    var cleanServers = new AtomicBoolean(spawn.cleanServers());
    var cleanProxy = new AtomicBoolean(spawn.cleanProxy());
    var status = new AtomicInteger();
    var shutdown =
        new Shutdown() {
          @Override
          public void request(Optional<Boolean> servers, Optional<Boolean> proxy) {
            servers.ifPresent(cleanServers::set);
            proxy.ifPresent(cleanProxy::set);
            asked.countDown();
          }

          @Override
          public void failed() {
            status.set(1);
            request(Optional.of(false), Optional.of(false));
          }
        };
    try (authenticator;
        Closeable _ = pidFile(settings);
        Spawner starts = spawners.open().get();
        var processes = new ServiceProcesses(local);
        Hub hub =
            new Hub(
                complete,
                spawn.servers(),
                database,
                authenticator,
                starts,
                processes,
                api,
                shutdown,
                Clock.systemUTC());
        var proxy =
            new ProxyProcess(
                program,
                complete.proxy().pidFile(),
                complete,
                token,
                api,
                place,
                spawn.cleanProxy())) {
      hub.start();
      proxy.start(hub.connectUrl(), hub.servers()::mendRoutes);
      hub.servers().mendRoutes();
      if (ownAccounts && database.read(tx -> tx.users().count()) == 0) {
        inviteFirstAdmin(complete, hub, spawners.oneAccount());
      }
      // The last word of a start, for which scripts wait.
      LOG.log(
          System.Logger.Level.INFO,
          "JupyterHub is now running at "
              + publicOrigin(complete)
              + complete.addresses().basePath());
      asked.await();
      proxy.endsWithHub(cleanProxy.get());
      if (cleanServers.get()) {
        hub.servers().stopAll();
      }
    }
    return status.get();
  }

  private Closeable pidFile(Settings settings) throws IOException {
    Optional<Path> file = HubSettings.pidFile(settings).map(folder::resolve);
    return file.isPresent() ? PidFile.write(file.get()) : () -> {};
  }

  private LocalProcessSettings localProcesses(Settings settings) {
    return LocalProcessSettings.from(settings, env, data().resolve("logs"));
  }

  private static Path data() {
    return JupyterPaths.ofThisUser().dataDir().resolve("orrery-hub");
  }

  /** The same after a restart, so that a proxy that outlived its hub is found again. */
  private static String proxyToken(HubSettings settings) throws IOException {
    return settings.proxy().token().isEmpty()
        ? derived(settings, "the token of the proxy")
        : settings.proxy().token();
  }

  private static String derived(HubSettings settings, String purpose) throws IOException {
    return CookieSecret.derived(
        CookieSecret.of(settings.sessions().secret(), settings.sessions().secretFile()), purpose);
  }

  private static void inviteFirstAdmin(HubSettings settings, Hub hub, boolean oneAccount) {
    String secret = hub.invitations().orElseThrow().inviteFirstAdmin(FIRST_LINK);
    String link =
        publicOrigin(settings) + settings.addresses().hubPath() + "invitation?code=" + secret;
    System.out.println();
    System.out.println("  Make the first account, which is an administrator's, at");
    System.out.println();
    System.out.println("    " + link);
    System.out.println();
    System.out.println(
        "  The link works once, within a day; the next start prints another one until then.");
    if (oneAccount) {
      System.out.println(
          "  All servers run as the account that runs this hub: let in only people you trust with it.");
    }
    System.out.println();
  }

  /** Where people reach the proxy, as far as this machine knows. */
  private static String publicOrigin(HubSettings settings) {
    HubSettings.Addresses where = settings.addresses();
    String ip = where.publicIp();
    boolean everywhere = ip.isEmpty() || ip.equals("0.0.0.0") || ip.equals("::");
    return where
        .publicUrl()
        .orElse("http://" + (everywhere ? "127.0.0.1" : ip) + ":" + where.publicPort());
  }

  private static CountDownLatch listenForEnd() {
    var asked = new CountDownLatch(1);
    for (String signal : List.of("TERM", "INT", "HUP")) {
      OnSignal.run(
          signal,
          () -> {
            if (asked.getCount() == 0) {
              LOG.log(System.Logger.Level.WARNING, "Ending at once");
              Runtime.getRuntime().halt(1);
            }
            LOG.log(System.Logger.Level.INFO, "Received SIG" + signal + ", stopping");
            asked.countDown();
          });
    }
    return asked;
  }
}
