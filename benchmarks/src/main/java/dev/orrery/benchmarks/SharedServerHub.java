package dev.orrery.benchmarks;

import dev.orrery.config.Declarations;
import dev.orrery.config.Outcome;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.hub.Hub;
import dev.orrery.hub.logins.Authenticators;
import dev.orrery.hub.logins.spi.Authenticator;
import dev.orrery.hub.routes.ProxyApi;
import dev.orrery.hub.routes.ProxyPlace;
import dev.orrery.hub.secrets.FernetKeys;
import dev.orrery.hub.settings.HubDeclarations;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.SpawnSettings;
import dev.orrery.hub.store.Database;
import dev.orrery.spawner.local.LocalProcessSettings;
import dev.orrery.spawner.local.ServiceProcesses;
import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.Recovered;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.Started;
import dev.orrery.telemetry.LogFormat;
import dev.orrery.telemetry.Logging;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;

/**
 * {@code orrery hub} for the benchmark: it starts nothing, all servers are one that runs already.
 * So what is measured is the hub's own work. The proxy is the benchmark's.
 */
final class SharedServerHub {

  private SharedServerHub() {}

  /** The first argument is where that server is; the others are those of {@code orrery hub}. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Logging.configure(System.Logger.Level.WARNING, LogFormat.LINE, System.err);
    Declarations declarations = HubDeclarations.all();
    Path folder = Path.of("").toAbsolutePath();
    List<String> rest = List.of(args).subList(1, args.length);
    var sources =
        new Sources(rest, System.getenv(), List.of(folder), Optional.empty(), folder, false);
    Settings settings =
        switch (new SettingsReader(declarations).read(sources)) {
          case Outcome.Ready ready -> ready.settings();
          case Outcome.Refused refused ->
              throw new IllegalArgumentException(refused.problems().toString());
        };
    HubSettings read =
        switch (HubSettings.read(settings, System.getenv(), folder)) {
          case HubSettings.Result.Ready ready -> ready.settings();
          case HubSettings.Result.Refused refused ->
              throw new IllegalArgumentException(refused.problems().toString());
        };
    var local = LocalProcessSettings.from(settings, System.getenv(), folder);
    try (Database database = Database.open(read.store().url(), false);
        Authenticator logins = logins(settings, read, database);
        var processes = new ServiceProcesses(local);
        var hub =
            new Hub(
                read,
                SpawnSettings.read(settings, List.of("nothing"), SpawnSettings.LOOPBACK).servers(),
                database,
                logins,
                new OneServer(URI.create(args[0])),
                processes,
                new ProxyApi(
                    new ProxyPlace(
                        database,
                        FernetKeys.of(List.of("0".repeat(64))),
                        read.proxy().apiUrl(),
                        read.proxy().token(),
                        Clock.systemUTC())),
                (_, _) -> {},
                Clock.systemUTC())) {
      hub.start();
      // Until it is killed.
      new CountDownLatch(1).await();
    }
  }

  private static Authenticator logins(Settings settings, HubSettings read, Database database) {
    return switch (Authenticators.choose(settings, read.logins(), database)) {
      case Authenticators.Choice.Found(Authenticator found) -> found;
      case Authenticators.Choice.Refused(List<String> problems) ->
          throw new IllegalArgumentException(problems.toString());
    };
  }

  /** Says of every server that it is at one address, and runs as long as it has a state. */
  private record OneServer(URI url) implements Spawner {

    private static final Map<String, Object> STATE = Map.of("shared", true);

    @Override
    public Started start(SpawnRequest request, SpawnListener listener) {
      listener.state(STATE);
      return new Started(url);
    }

    @Override
    public Poll poll(Map<String, Object> state, ServerName who) {
      return state.equals(STATE)
          ? new Poll.Running()
          : new Poll.Stopped(OptionalInt.empty(), List.of());
    }

    @Override
    public void stop(Map<String, Object> state, ServerName who, boolean now) {}

    @Override
    public Recovered find(SpawnRequest.Id id, ServerName who) {
      return new Recovered.Nothing();
    }
  }
}
