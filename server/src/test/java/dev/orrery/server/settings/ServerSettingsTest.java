package dev.orrery.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.config.Outcome;
import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.http.Listen;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSettings;
import dev.orrery.server.hub.HubSettings;
import dev.orrery.web.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerSettingsTest {

  @TempDir Path home;

  @BeforeEach
  void makePages() throws IOException {
    Path page = home.resolve("pages/lab/static/index.html");
    Files.createDirectories(page.getParent());
    Files.writeString(page, "<html></html>");
  }

  private ServerSettings.Result read(App app, String... arguments) {
    return read(app, Map.of(), arguments);
  }

  private ServerSettings.Result read(App app, Map<String, String> variables, String... arguments) {
    var env = new HashMap<>(variables);
    env.put("HOME", home.toString());
    env.put("SHELL", "/bin/sh");
    var sources = new Sources(List.of(arguments), env, List.of(), Optional.empty(), home, true);
    Settings settings =
        switch (new SettingsReader(ServerDeclarations.of(app)).read(sources)) {
          case Outcome.Ready ready -> ready.settings();
          case Outcome.Refused refused -> throw new AssertionError(refused.problems());
        };
    Path pages = home.resolve("pages");
    return ServerSettings.read(
        app,
        ServerSettings.effective(app, settings, env),
        env,
        JupyterPaths.of(env, home, "jo"),
        new Pages(pages.resolve("lab"), pages.resolve("extensions"), pages.resolve("notebook")),
        home);
  }

  private ServerSettings ready(App app, String... arguments) {
    return switch (read(app, arguments)) {
      case ServerSettings.Result.Ready ready -> ready.settings();
      case ServerSettings.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  @Test
  void defaultsAreUpstreams() {
    ServerSettings settings = ready(App.LAB);
    assertThat(settings.front().listen()).isEqualTo(new Listen.Tcp("localhost", 8888));
    assertThat(settings.front().portRetries()).isEqualTo(50);
    assertThat(settings.front().basePath()).isEqualTo("/");
    assertThat(settings.front().landing()).isEqualTo("/lab");
    assertThat(settings.front().maxBody()).isEqualTo(536_870_912L);
    assertThat(settings.front().quitButton()).isTrue();
    assertThat(settings.front().authenticateMetrics()).isTrue();
    assertThat(settings.front().idleShutdown()).isEqualTo(Duration.ZERO);
    assertThat(settings.start().openBrowser()).isTrue();
    assertThat(settings.start().allowRoot()).isFalse();
    assertThat(settings.access().tokenGenerated()).isTrue();
    assertThat(settings.access().token()).matches("[0-9a-f]{48}");
    assertThat(settings.access().checkXsrf()).isTrue();
    assertThat(settings.access().allowRemoteAccess()).isFalse();
    assertThat(settings.contents().root()).isEqualTo(home);
    assertThat(settings.contents().deleteToTrash()).isTrue();
    assertThat(settings.kernelSpecs().ensurePython()).isTrue();
    assertThat(settings.terminals().enabled()).isTrue();
    // What the settings declare and what the kernels have by themselves are one thing.
    assertThat(settings.kernels()).isEqualTo(KernelSettings.defaults());
  }

  @Test
  void eachSettingReachesItsComponent() throws IOException {
    Path root = Files.createDirectories(home.resolve("work"));
    ServerSettings settings =
        ready(
            App.NOTEBOOK,
            "--ServerApp.base_url=user/jo",
            "--ServerApp.ip=*",
            "--ServerApp.root_dir=~/work",
            "--ServerApp.open_browser=False",
            "--ServerApp.websocket_ping_interval=7",
            "--IdentityProvider.token=t",
            "--MappingKernelManager.cull_idle_timeout=60",
            "--MappingKernelManager.cull_interval=20",
            "--KernelManager.transport=ipc",
            "--KernelManager.shutdown_wait_time=1.5",
            "--KernelRestarter.restart_limit=2",
            "--KernelSpecManager.allowed_kernelspecs=['r']",
            "--TerminalManager.cull_inactive_timeout=9");
    assertThat(settings.front().basePath()).isEqualTo("/user/jo/");
    assertThat(settings.front().landing()).isEqualTo("/user/jo/tree");
    assertThat(settings.front().listen()).isEqualTo(new Listen.Tcp("", 8888));
    assertThat(settings.front().webSockets().pingInterval()).isEqualTo(Duration.ofSeconds(7));
    assertThat(settings.access().allowRemoteAccess()).isTrue();
    assertThat(settings.access().token()).isEqualTo("t");
    assertThat(settings.access().tokenGenerated()).isFalse();
    assertThat(settings.start().openBrowser()).isFalse();
    assertThat(settings.contents().root()).isEqualTo(root);
    KernelSettings kernels = settings.kernels();
    assertThat(kernels.culling())
        .isEqualTo(
            new KernelSettings.Culling(
                Duration.ofSeconds(60), Duration.ofSeconds(20), false, false));
    assertThat(kernels.binding().transport()).isEqualTo(KernelSettings.Transport.IPC);
    assertThat(kernels.waits().shutdown()).isEqualTo(Duration.ofMillis(1_500));
    assertThat(kernels.restarts().limit()).isEqualTo(2);
    assertThat(settings.kernelSpecs().allowed()).containsExactly("r");
    assertThat(settings.terminals().cullTimeout()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void fileOnTheCommandLineIsOpenedFromItsFolder() throws IOException {
    Files.createDirectories(home.resolve("work"));
    Files.writeString(home.resolve("work/my book.ipynb"), "{}");
    ServerSettings settings = ready(App.LAB, "work/my book.ipynb");
    assertThat(settings.contents().root()).isEqualTo(home.resolve("work"));
    assertThat(settings.front().landing()).isEqualTo("/lab/tree/my%20book.ipynb");
  }

  @Test
  void everyProblemOfAStartIsToldAtOnce() {
    ServerSettings.Result result =
        read(
            App.LAB,
            "--ServerApp.root_dir=/no/such/folder",
            "--ServerApp.default_url=//elsewhere/",
            "--ServerApp.tornado_settings={\"websocket_max_message_size\": 0}",
            "--PasswordIdentityProvider.password_required=True",
            "--LabApp.app_dir=/no/such/lab");
    assertThat(result)
        .isInstanceOfSatisfying(
            ServerSettings.Result.Refused.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::setting)
                    .containsExactlyInAnyOrder(
                        "ServerApp.root_dir",
                        "ServerApp.default_url",
                        "ServerApp.tornado_settings",
                        "PasswordIdentityProvider.password_required",
                        "LabApp.app_dir"));
  }

  @Test
  void aPasswordIsRequiredByTheOlderNameAsWell() {
    assertThat(read(App.SERVER, "--ServerApp.password_required=True"))
        .isInstanceOfSatisfying(
            ServerSettings.Result.Refused.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::setting)
                    .containsExactly("PasswordIdentityProvider.password_required"));
  }

  private static Map<String, String> hub() {
    return Map.of(
        "JUPYTERHUB_API_TOKEN", "t",
        "JUPYTERHUB_CLIENT_ID", "jupyterhub-user-jo",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES", "[\"access:servers!user=jo\"]",
        "JUPYTERHUB_USER", "jo",
        "JUPYTERHUB_API_URL", "http://hub:8081/base/hub/api",
        "JUPYTERHUB_BASE_URL", "/base/",
        "JUPYTERHUB_SERVICE_PREFIX", "/base/user/jo/",
        "JUPYTERHUB_SERVICE_URL", "http://0.0.0.0:12345/base/user/jo/");
  }

  private ServerSettings behindHub(Map<String, String> more, String... arguments) {
    var env = new HashMap<>(hub());
    env.putAll(more);
    return switch (read(App.SINGLEUSER, env, arguments)) {
      case ServerSettings.Result.Ready ready -> ready.settings();
      case ServerSettings.Result.Refused refused -> throw new AssertionError(refused.problems());
    };
  }

  @Test
  void aHubSaysWhereItsServerIs() {
    ServerSettings settings = behindHub(Map.of("JUPYTERHUB_DEFAULT_URL", "/tree"));
    assertThat(settings.front().listen()).isEqualTo(new Listen.Tcp("0.0.0.0", 12345));
    assertThat(settings.front().portRetries()).isZero();
    assertThat(settings.front().basePath()).isEqualTo("/base/user/jo/");
    assertThat(settings.front().landing()).isEqualTo("/base/user/jo/tree");
    assertThat(settings.front().quitButton()).isFalse();
    assertThat(settings.start().openBrowser()).isFalse();
    assertThat(settings.access().allowRemoteAccess()).isTrue();
    assertThat(settings.access().token()).isEmpty();
    assertThat(settings.access().headers()).containsEntry("X-JupyterHub-Version", "6.1.1");
    assertThat(settings.contents().deleteToTrash()).isFalse();
    assertThat(settings.kernelSpecs().ensurePython()).isFalse();
    HubSettings hub = settings.hub().orElseThrow();
    assertThat(hub.hub().page("home")).isEqualTo("/base/hub/home");
    assertThat(hub.hub().api()).hasToString("http://hub:8081/base/hub/api");
    assertThat(hub.client().callback()).isEqualTo("/base/user/jo/oauth_callback");
    assertThat(hub.activity().url()).isEmpty();
    assertThat(hub.socketCookies()).isTrue();
    assertThat(hub.tokenInUrl()).isFalse();
    assertThat(hub.toString()).doesNotContain("token=t");
  }

  @Test
  void theCommandLineWinsOverTheHub() {
    ServerSettings settings =
        behindHub(
            Map.of("JUPYTERHUB_SINGLEUSER_APP", "notebook", "JUPYTERHUB_HOST", "https://hub.test"),
            "--ip=127.0.0.1",
            "--SingleUserNotebookApp.port=5",
            "--HubOAuth.cache_max_age=7",
            "--FileContentsManager.delete_to_trash=True");
    assertThat(settings.front().listen()).isEqualTo(new Listen.Tcp("127.0.0.1", 5));
    assertThat(settings.front().landing()).isEqualTo("/base/user/jo/tree");
    assertThat(settings.contents().deleteToTrash()).isTrue();
    HubSettings hub = settings.hub().orElseThrow();
    assertThat(hub.rememberFor()).isEqualTo(Duration.ofSeconds(7));
    assertThat(hub.hub().page("logout")).isEqualTo("https://hub.test/base/hub/logout");
  }

  @Test
  void anOptionOfAnotherVersionStopsNoServerOfAHub() {
    assertThat(behindHub(Map.of(), "--group=x", "--port=7").front().listen())
        .isEqualTo(new Listen.Tcp("0.0.0.0", 7));
    assertThatThrownBy(() -> read(App.LAB, "--group=x")).hasMessageContaining("--group");
    assertThatThrownBy(() -> behindHub(Map.of(), "--group")).hasMessageContaining("--group");
  }

  @Test
  void anAddressOfAHubCanBeASocketOrOfIpv6() {
    assertThat(behindHub(Map.of("JUPYTERHUB_SERVICE_URL", "http://[::1]:99/x")).front().listen())
        .isEqualTo(new Listen.Tcp("::1", 99));
    assertThat(
            behindHub(Map.of("JUPYTERHUB_SERVICE_URL", "http+unix://%2Frun%2Fa.sock/x"))
                .front()
                .listen())
        .isEqualTo(new Listen.Unix(Path.of("/run/a.sock"), 0600));
  }

  @Test
  void whatAHubDidNotSayIsToldAtOnce() {
    assertThat(read(App.SINGLEUSER))
        .isInstanceOfSatisfying(
            ServerSettings.Result.Refused.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::setting)
                    .containsExactlyInAnyOrder(
                        "JUPYTERHUB_API_TOKEN",
                        "JUPYTERHUB_CLIENT_ID",
                        "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
                        "JUPYTERHUB_USER",
                        "JUPYTERHUB_API_URL",
                        "JUPYTERHUB_SERVICE_PREFIX",
                        "JUPYTERHUB_SERVICE_URL"));
    var env = new HashMap<>(hub());
    env.put("JUPYTERHUB_API_URL", "hub:8081");
    env.put("JUPYTERHUB_SERVICE_URL", "https://127.0.0.1:1/");
    env.put("JUPYTERHUB_HOST", "//evil");
    env.put("JUPYTERHUB_CLIENT_ID", "a b;");
    env.put("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "[]");
    env.put("JUPYTERHUB_COOKIE_OPTIONS", "{\"samesite\": \"x; Path=/\", \"odd\": 1}");
    env.put("JUPYTERHUB_ACTIVITY_INTERVAL", "soon");
    env.put("JUPYTERHUB_SSL_CERTFILE", "/etc/c.pem");
    assertThat(read(App.SINGLEUSER, env))
        .isInstanceOfSatisfying(
            ServerSettings.Result.Refused.class,
            refused ->
                assertThat(refused.problems())
                    .extracting(Problem::setting)
                    .containsExactlyInAnyOrder(
                        "JUPYTERHUB_API_URL",
                        "JUPYTERHUB_SERVICE_URL",
                        "JUPYTERHUB_HOST",
                        "JUPYTERHUB_CLIENT_ID",
                        "JUPYTERHUB_OAUTH_ACCESS_SCOPES",
                        "JUPYTERHUB_COOKIE_OPTIONS",
                        "JUPYTERHUB_COOKIE_OPTIONS",
                        "JUPYTERHUB_ACTIVITY_INTERVAL",
                        "JUPYTERHUB_SSL_CERTFILE"));
  }

  @Test
  void whoeverStartsItByHandCanIgnoreTheHomeOfTheUser() {
    Map<String, String> on = Map.of("JUPYTERHUB_DISABLE_USER_CONFIG", "1");
    assertThat(ServerSettings.ignoresHome(App.SINGLEUSER, List.of(), on)).isTrue();
    assertThat(ServerSettings.ignoresHome(App.LAB, List.of(), on)).isFalse();
    assertThat(ServerSettings.ignoresHome(App.SINGLEUSER, List.of(), Map.of())).isFalse();
    for (String argument :
        List.of("--disable-user-config", "--SingleUserNotebookApp.disable_user_config=True")) {
      assertThat(ServerSettings.ignoresHome(App.SINGLEUSER, List.of(argument), Map.of())).isTrue();
    }
  }
}
