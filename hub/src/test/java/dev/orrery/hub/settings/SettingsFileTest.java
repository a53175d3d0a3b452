package dev.orrery.hub.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.config.Outcome;
import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings files as users of JupyterHub have them, on a machine that has none of its packages. */
class SettingsFileTest {

  @TempDir private Path folder;

  private Outcome read(String file) throws IOException {
    Files.writeString(folder.resolve("jupyterhub_config.py"), file);
    Path python = folder.resolve("bare-python");
    Files.writeString(python, "#!/bin/sh\nexec python3 -S \"$@\"\n");
    assertThat(python.toFile().setExecutable(true)).isTrue();
    return new SettingsReader(HubDeclarations.all())
        .read(
            new Sources(
                List.of(),
                Map.of("PATH", System.getenv("PATH")),
                List.of(folder),
                Optional.of(python),
                folder,
                true));
  }

  private Settings settings(String file) throws IOException {
    return switch (read(file)) {
      case Outcome.Ready ready -> ready.settings();
      case Outcome.Refused refused -> throw new AssertionError(refused.problems().toString());
    };
  }

  private String problems(String file) throws IOException {
    return switch (read(file)) {
      case Outcome.Ready _ -> "";
      case Outcome.Refused refused ->
          refused.problems().stream().map(Problem::toString).collect(Collectors.joining("\n"));
    };
  }

  private HubSettings hub(String file) throws IOException {
    return switch (HubSettings.read(settings(file), Map.of(), folder)) {
      case HubSettings.Result.Ready(HubSettings read) -> read;
      case HubSettings.Result.Refused(var problems) ->
          throw new AssertionError(problems.toString());
    };
  }

  @Test
  void aClassIsTheSameAsItsNamesWhereverItsPackageIs() throws IOException {
    for (String way :
        List.of(
            "import tmpauthenticator\nc.JupyterHub.authenticator_class ="
                + " tmpauthenticator.TmpAuthenticator",
            "from tmpauthenticator import TmpAuthenticator\nc.JupyterHub.authenticator_class ="
                + " TmpAuthenticator",
            "c.JupyterHub.authenticator_class = 'tmpauthenticator.TmpAuthenticator'",
            "c.JupyterHub.authenticator_class = 'tmp'")) {
      assertThat(AuthenticatorClass.of(hub(way).logins().authenticator()))
          .as(way)
          .contains(AuthenticatorClass.TEMPORARY);
    }
    assertThat(
            AuthenticatorClass.of(
                hub("from jupyterhub.auth import DummyAuthenticator as D\n"
                        + "c.JupyterHub.authenticator_class = D")
                    .logins()
                    .authenticator()))
        .contains(AuthenticatorClass.DUMMY);
    assertThat(AuthenticatorClass.of("mine.DummyAuthenticator"))
        .as("a class of somebody else that is called the same")
        .isEmpty();
  }

  @Test
  void packagesThatAreNotHereCanBeImportedAndNamed() throws IOException {
    Settings settings =
        settings(
            """
            import jupyterhub, kubespawner, dockerspawner, batchspawner
            from oauthenticator.generic import GenericOAuthenticator
            from oauthenticator.github import GitHubOAuthenticator
            from nativeauthenticator import NativeAuthenticator
            from firstuseauthenticator import FirstUseAuthenticator
            from ldapauthenticator import LDAPAuthenticator
            from ltiauthenticator.lti13.auth import LTI13Authenticator
            from traitlets import Unicode, default
            from jupyterhub.spawner import LocalProcessSpawner

            class Mine(LocalProcessSpawner):
                place = Unicode("", config=True)
                @default("place")
                def _place(self):
                    return "x"

            assert jupyterhub.__version__ == "6.1.1"
            c.JupyterHub.spawner_class = kubespawner.KubeSpawner
            c.JupyterHub.authenticator_class = GenericOAuthenticator
            """);
    assertThat(settings.get(SpawnTraits.SPAWNER_CLASS)).isEqualTo("kubespawner.KubeSpawner");
    assertThat(settings.get(LoginTraits.AUTHENTICATOR_CLASS))
        .isEqualTo("oauthenticator.generic.GenericOAuthenticator");
  }

  @Test
  void whatDependsOnAPackageThatIsNotHereIsNamedWithItsLine() throws IOException {
    assertThat(
            problems(
                "from jupyterhub.utils import random_port\nc.JupyterHub.port = random_port()\n"))
        .contains("jupyterhub_config.py:2")
        .contains("jupyterhub.utils.random_port");
    assertThat(
            problems(
                """
                from jupyterhub.utils import random_port
                c.JupyterHub.ip = f'{random_port()}'
                """))
        .contains("jupyterhub_config.py:2")
        .contains("not known here");
    assertThat(problems("import nosuchpackage\n")).contains("jupyterhub_config.py:1");
  }

  @Test
  void functionsAndClassesOfTheFileAreNamed() throws IOException {
    assertThat(problems("def form(spawner):\n    return ''\nc.Spawner.options_form = form\n"))
        .contains("jupyterhub_config.py:3")
        .contains("the function form of line 1");
    assertThat(
            problems(
                """
                from jupyterhub.auth import Authenticator
                class Mine(Authenticator): pass
                c.JupyterHub.authenticator_class = Mine
                """))
        .contains("jupyterhub_config.py:3")
        .contains("the class Mine of Authenticator");
  }

  @Test
  void whatWouldLeaveSomethingOpenStopsTheStartAndTheRestIsWarnedAbout() throws IOException {
    for (String open :
        List.of(
            "c.JupyterHub.internal_ssl = True",
            "c.JupyterHub.subdomain_host = 'https://hub.example'",
            "c.Authenticator.post_auth_hook = lambda a, h, m: m",
            "c.Spawner.pre_spawn_hook = lambda s: None",
            "c.Spawner.group_overrides = {'a': {'groups': ['g']}}",
            "c.Authenticator.manage_roles = True",
            "c.JupyterHub.proxy_class = 'traefik_file'")) {
      assertThat(problems(open)).as(open).contains("jupyterhub_config.py:1");
    }
    Outcome outcome =
        read("c.Spawner.post_stop_hook = lambda s: None\nc.JupyterHub.reset_db = True");
    assertThat(outcome).isInstanceOf(Outcome.Ready.class);
    assertThat(outcome.warnings())
        .anyMatch(warning -> warning.contains("post_stop_hook is not supported yet"))
        .anyMatch(
            warning -> warning.contains("reset_db") && warning.contains("nothing is deleted"));
    outcome =
        read(
            """
            import logging
            c.EventLogger.handlers = [logging.StreamHandler()]
            c.JupyterHub.template_paths = ['/templates']
            c.JupyterHub.internal_certs_location = 'certificates'
            """);
    assertThat(outcome).isInstanceOf(Outcome.Ready.class);
    assertThat(outcome.warnings())
        .anyMatch(warning ->
            warning.contains("EventLogger.handlers") && warning.contains("dev.orrery.hub.events"))
        .anyMatch(warning ->
            warning.contains("template_paths") && warning.contains("drawn by the hub itself"))
        .anyMatch(warning ->
            warning.contains("internal_certs_location") && warning.contains("no certificates"));
  }

  @Test
  void whatIsSaidToAClassThatIsNotUsedDoesNotReachTheOneThatIs() throws IOException {
    String both = "c.DummyAuthenticator.allow_all = True\nc.DummyAuthenticator.password = 'x'\n";
    assertThat(hub(both + "c.JupyterHub.authenticator_class = 'pam'").logins().allowAll())
        .isFalse();
    assertThat(hub(both + "c.JupyterHub.authenticator_class = 'dummy'").logins().allowAll())
        .isTrue();
    assertThat(
            hub("c.LocalAuthenticator.allow_all = True\nc.JupyterHub.authenticator_class = 'pam'")
                .logins()
                .allowAll())
        .as("a class above the one that is used")
        .isTrue();
    assertThat(
            settings(
                    "c.SimpleLocalProcessSpawner.cmd = ['a']\n"
                        + "c.JupyterHub.spawner_class = 'localprocess'")
                .isSet(SpawnTraits.CMD))
        .isFalse();
  }

  @Test
  void limitsAreTakenWithTheirUnits() throws IOException {
    ServerSettings servers =
        SpawnSettings.read(
                settings(
                    """
                    c.Spawner.mem_limit = '1.5G'
                    c.Spawner.mem_guarantee = 1024
                    c.Spawner.cpu_limit = 2
                    c.Spawner.cpu_guarantee = 0.5
                    c.Spawner.debug = True
                    c.Spawner.disable_user_config = True
                    c.JupyterHub.tornado_settings = {'slow_spawn_timeout': 3, 'slow_stop_timeout': 0.5}
                    c.JupyterHub.spawn_throttle_retry_range = (5, 6)
                    """),
                List.of("server"),
                SpawnSettings.LOOPBACK)
            .servers();
    assertThat(servers.limits().memory()).isEqualTo(3L << 29);
    assertThat(servers.limits().memoryGuarantee()).isEqualTo(1024);
    assertThat(servers.limits().cpu()).isEqualTo(2);
    assertThat(servers.limits().cpuGuarantee()).isEqualTo(0.5);
    assertThat(servers.environment())
        .containsEntry("JUPYTERHUB_DEBUG", "1")
        .containsEntry("JUPYTERHUB_DISABLE_USER_CONFIG", "1");
    assertThat(servers.patience()).isEqualTo(Duration.ofSeconds(3));
    assertThat(servers.stopPatience()).isEqualTo(Duration.ofMillis(500));
    assertThat(servers.trouble().retryMost()).isEqualTo(Duration.ofSeconds(6));
    for (String bad : List.of("'1X'", "'G'", "-1", "'1 G'")) {
      assertThat(problems("c.Spawner.mem_limit = " + bad)).as(bad).contains("K, M, G and T");
    }
  }

  @Test
  void accountsLetInWhomTheSettingsNameAndEverybodyWhereTheyNameNobody() throws IOException {
    String named =
        "c.JupyterHub.authenticator_class = 'accounts'\nc.Authenticator.allowed_users = {'a'}";
    for (String file : List.of(named, named.lines().toList().getLast())) {
      HubSettings.Logins logins = hub(file).forAccounts(settings(file)).logins();
      assertThat(logins.allowAll()).as(file).isFalse();
      assertThat(logins.allowExisting()).as("all who have an account are known").isFalse();
      assertThat(logins.allowed()).containsExactly("a");
    }
    String said = named + "\nc.Authenticator.allow_existing_users = True";
    assertThat(hub(said).forAccounts(settings(said)).logins().allowExisting()).isTrue();
    assertThat(hub("").forAccounts(settings("")).logins().allowAll()).isTrue();
  }

  @Test
  void whatIsToldToTornadoAndChangesNothingIsNamed() throws IOException {
    HubSettings hub =
        hub("c.JupyterHub.tornado_settings = {'slow_spawn_timeout': 3, 'headers': {'a': 'b'}}");
    assertThat(hub.loaded().warnings())
        .singleElement()
        .asString()
        .contains("tornado_settings", "'headers'", "slow_spawn_timeout");
  }

  @Test
  void whoeverComesFirstMayComeInWithFirstUseUnlessSomethingElseIsSaid() throws IOException {
    String firstUse = "c.JupyterHub.authenticator_class = 'firstuse'\n";
    assertThat(hub(firstUse).logins().allowAll()).isTrue();
    assertThat(hub(firstUse + "c.Authenticator.allowed_users = {'a'}").logins().allowAll())
        .isFalse();
    assertThat(hub(firstUse + "c.Authenticator.allow_all = False").logins().allowAll()).isFalse();
  }

  @Test
  void aFileWithPasswordsOfFirstUseIsFound() throws IOException {
    Settings settings =
        settings("c.FirstUseAuthenticator.dbm_path = '" + folder.resolve("kept") + "'");
    assertThat(AccountSettings.fileOfFirstUse(settings)).isEmpty();
    Files.writeString(folder.resolve("kept.db"), "");
    assertThat(AccountSettings.fileOfFirstUse(settings)).contains(folder.resolve("kept.db"));
  }

  @Test
  void formerNamesCount() throws IOException {
    HubSettings hub =
        hub(
            "c.Authenticator.whitelist = {'ann'}\nc.JupyterHub.admin_users = {'boss'}\n"
                + "c.JupyterHub.proxy_auth_token = 'secret'\nc.JupyterHub.hub_connect_port = 99");
    assertThat(hub.logins().allowed()).containsExactly("ann");
    assertThat(hub.logins().admins()).containsExactly("boss");
    assertThat(hub.proxy().token()).isEqualTo("secret");
    assertThat(hub.addresses().connectUrl()).contains("http://127.0.0.1:99");
  }

  @Test
  void stateIsKeptOnlyWithAKey() throws IOException {
    assertThat(
            HubSettings.read(
                settings("c.Authenticator.enable_auth_state = True"), Map.of(), folder))
        .isInstanceOfSatisfying(
            HubSettings.Result.Refused.class,
            refused -> assertThat(refused.problems().toString()).contains("JUPYTERHUB_CRYPT_KEY"));
    assertThat(
            hub("c.Authenticator.enable_auth_state = True\nc.CryptKeeper.keys = ['"
                    + "0a".repeat(32)
                    + "']")
                .logins()
                .told()
                .keys())
        .isPresent();
  }

  @Test
  void tokenOfTheProxyMayEndWithALineBreakAndHoldsNone() throws IOException {
    String setting = "c.ConfigurableHTTPProxy.auth_token = ";
    assertThat(hub(setting + "'0123abcd\\n'").proxy().token()).isEqualTo("0123abcd");
    assertThat(problems(setting + "'0123\\nabcd'")).contains("openssl rand").doesNotContain("0123");
  }
}
