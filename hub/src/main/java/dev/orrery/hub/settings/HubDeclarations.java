package dev.orrery.hub.settings;

import dev.orrery.config.Declarations;
import dev.orrery.config.Trait;
import dev.orrery.spawner.local.LocalProcessTraits;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Everything that can be set for {@code orrery hub}. */
public final class HubDeclarations {

  private static final Set<String> LEVELS =
      Set.of(
          "DEBUG",
          "INFO",
          "WARN",
          "WARNING",
          "ERROR",
          "CRITICAL",
          "0",
          "10",
          "20",
          "30",
          "40",
          "50");

  /** Level of the log, by Python's names or numbers. */
  public static final Trait<String> LOG_LEVEL =
      Trait.string("Application.log_level", "INFO", "DEBUG, INFO, WARN, ERROR or CRITICAL.")
          .check(level ->
              LEVELS.contains(level.toUpperCase(Locale.ROOT))
                  ? Optional.empty()
                  : Optional.of("the levels are DEBUG, INFO, WARN, ERROR and CRITICAL"));

  /** Whether log records are lines or JSON objects. */
  public static final Trait<String> LOG_FORMAT =
      Trait.choice(
          "OrreryApp.log_format",
          List.of("line", "json"),
          "line",
          "Log lines for people or JSON for machines.");

  /** The file that is read when none is named. */
  public static final String CONFIG_NAME = "jupyterhub_config";

  static final Trait<String> CONFIG_FILE =
      Trait.string(
          "JupyterHub.config_file", "jupyterhub_config.py", "The configuration file to read.");

  /** What settings files of JupyterHub import, though the hub needs none of it. */
  private static final List<String> STAND_INS =
      List.of(
          "batchspawner",
          "dockerspawner",
          "firstuseauthenticator",
          "kubespawner",
          "ldapauthenticator",
          "ltiauthenticator",
          "nativeauthenticator",
          "oauthenticator",
          "tmpauthenticator",
          "traitlets");

  private HubDeclarations() {}

  /** The declarations of {@code orrery hub} with the spawners it has of its own. */
  public static Declarations all() {
    return all(_ -> {});
  }

  /**
   * The declarations of {@code orrery hub}.
   *
   * @param more declares what the hub itself does not know of, such as a spawner's settings
   */
  public static Declarations all(Consumer<Declarations.Builder> more) {
    Declarations.Builder builder =
        Declarations.builder("JupyterHub")
            .description(
                "Many people: logins, a notebook server for each of them, and the front door.")
            .configNames(CONFIG_NAME)
            .configFile(CONFIG_FILE, CONFIG_NAME);
    builder.inherits("JupyterHub", "Application");
    builder.inherits("ConfigurableHTTPProxy", "Proxy");
    builder.inherits("LocalAuthenticator", "Authenticator");
    builder.inherits("PAMAuthenticator", "LocalAuthenticator", "Authenticator");
    builder.inherits("DummyAuthenticator", "Authenticator");
    builder.inherits("SharedPasswordAuthenticator", "Authenticator");
    builder.inherits("NullAuthenticator", "Authenticator");
    builder.inherits("TmpAuthenticator", "Authenticator");
    builder.inherits("NativeAuthenticator", "Authenticator");
    builder.inherits("AccountAuthenticator", "NativeAuthenticator", "Authenticator");
    builder.inherits("FirstUseAuthenticator", "Authenticator");
    more.accept(builder);
    builder.add(LOG_LEVEL, LOG_FORMAT);
    AddressTraits.ALL.forEach(builder::add);
    SessionTraits.ALL.forEach(builder::add);
    LoginTraits.ALL.forEach(builder::add);
    LoadTraits.ALL.forEach(builder::add);
    SpawnTraits.ALL.forEach(builder::add);
    PageTraits.ALL.forEach(builder::add);
    UnsupportedTraits.ALL.forEach(builder::add);
    LocalProcessTraits.declare(builder);
    PamSettings.declare(builder);
    AccountSettings.declare(builder);
    builder.plugged(
        LoginTraits.AUTHENTICATOR_CLASS,
        "Authenticator",
        name -> AuthenticatorClass.of(name).map(AuthenticatorClass::section));
    builder.plugged(
        SpawnTraits.SPAWNER_CLASS,
        "Spawner",
        name -> SpawnerClass.of(name).map(SpawnerClass::section));
    STAND_INS.forEach(name -> builder.standIn(name, ""));
    builder.standIn("jupyterhub", HubSettings.VERSION);
    builder.alias("f", CONFIG_FILE);
    builder.alias("config", CONFIG_FILE);
    builder.alias("pid-file", AddressTraits.PID_FILE);
    builder.alias("ssl-key", AddressTraits.SSL_KEY);
    builder.alias("ssl-cert", AddressTraits.SSL_CERT);
    builder.alias("log-level", LOG_LEVEL);
    builder.alias("ip", AddressTraits.IP);
    builder.alias("port", AddressTraits.PORT);
    builder.alias("base-url", AddressTraits.BASE_URL);
    builder.alias("url", AddressTraits.BIND_URL);
    builder.alias("db", SessionTraits.DB_URL);
    builder.flag("debug", LOG_LEVEL, "DEBUG", "Tell more in the log.");
    builder.flag(
        "no-db", SessionTraits.DB_URL, "sqlite:///:memory:", "Forget everything at the end.");
    builder.flag("upgrade-db", SessionTraits.UPGRADE_DB, true, "Upgrade the database first.");
    return builder.build();
  }
}
