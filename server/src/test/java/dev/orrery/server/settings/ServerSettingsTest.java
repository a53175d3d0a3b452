package dev.orrery.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.config.Outcome;
import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.config.SettingsReader;
import dev.orrery.config.Sources;
import dev.orrery.http.Listen;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSettings;
import dev.orrery.web.Pages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    Map<String, String> env = Map.of("HOME", home.toString(), "SHELL", "/bin/sh");
    var sources = new Sources(List.of(arguments), env, List.of(), Optional.empty(), home, true);
    Settings settings =
        switch (new SettingsReader(ServerDeclarations.of(app)).read(sources)) {
          case Outcome.Ready ready -> ready.settings();
          case Outcome.Refused refused -> throw new AssertionError(refused.problems());
        };
    Path pages = home.resolve("pages");
    return ServerSettings.read(
        app,
        settings,
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
}
