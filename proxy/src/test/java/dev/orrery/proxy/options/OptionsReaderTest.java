package dev.orrery.proxy.options;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.forward.ForwardOptions;
import dev.orrery.proxy.limits.Limits;
import dev.orrery.proxy.net.Listen;
import dev.orrery.proxy.net.OpenFiles;
import dev.orrery.proxy.options.OptionsReader.Outcome;
import dev.orrery.proxy.routes.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, as scripts and hubs write it. */
class OptionsReaderTest {

  private static final Path PAGE = Path.of("../docs/reference/proxy-options.md");

  private static Outcome read(String... arguments) {
    return OptionsReader.read(List.of(arguments), Map.of());
  }

  private static ProxyOptions options(String... arguments) {
    Outcome outcome = read(arguments);
    assertThat(outcome).isInstanceOf(Outcome.Ready.class);
    return ((Outcome.Ready) outcome).options();
  }

  private static List<String> problems(String... arguments) {
    Outcome outcome = read(arguments);
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused) outcome).problems();
  }

  private static List<String> warnings(String... arguments) {
    return ((Outcome.Ready) read(arguments)).warnings();
  }

  @Test
  void defaultsAreThoseOfItsPredecessor() {
    ProxyOptions options = options();
    assertThat(options.listen()).isEqualTo(new Listen.Tcp("", 8000));
    assertThat(options.api()).isEqualTo(new Listen.Tcp("localhost", 8001));
    assertThat(options.metrics()).isEmpty();
    assertThat(options.token()).isEmpty();
    assertThat(options.publicTls()).isEmpty();
    assertThat(options.apiTls()).isEmpty();
    assertThat(options.forward())
        .usingRecursiveComparison()
        .ignoringFields("limits.connections")
        .isEqualTo(ForwardOptions.defaults());
    assertThat(options.forward().limits().connections()).isEqualTo(OpenFiles.connections());
    assertThat(options.waitForRoutes()).isFalse();
    assertThat(options.accessLog()).isEmpty();
    assertThat(options.logLevel()).isEqualTo(System.Logger.Level.INFO);
  }

  @Test
  void valuesComeInBothSpellings() {
    ProxyOptions options =
        options("--ip", "127.0.0.1", "--port=80", "--api-ip=", "--api-port", "9");
    assertThat(options.listen()).isEqualTo(new Listen.Tcp("127.0.0.1", 80));
    assertThat(options.api()).isEqualTo(new Listen.Tcp("", 9));
  }

  @Test
  void whatAHubSaysIsUnderstood() {
    ProxyOptions options =
        options(
            "--ip",
            "",
            "--port",
            "8000",
            "--api-ip",
            "127.0.0.1",
            "--api-port",
            "8001",
            "--error-target",
            "http://127.0.0.1:8081/hub/error",
            "--log-level",
            "info");
    assertThat(options.listen()).isEqualTo(new Listen.Tcp("", 8000));
    assertThat(options.errorTarget()).contains(Target.parse("http://127.0.0.1:8081/hub/error"));
  }

  @Test
  void apiIsBesideThePublicPort() {
    assertThat(options("--port", "9000").api()).isEqualTo(new Listen.Tcp("localhost", 9001));
    assertThat(options("--port", "0").api()).isEqualTo(new Listen.Tcp("localhost", 0));
    assertThat(options("--socket", "/tmp/x").api()).isEqualTo(new Listen.Tcp("localhost", 8001));
  }

  @Test
  void socketsStandForAddresses() {
    ProxyOptions options =
        options("--socket", "/a", "--api-socket", "/b", "--metrics-socket", "/c");
    assertThat(options.listen()).isEqualTo(new Listen.Unix(Path.of("/a")));
    assertThat(options.api()).isEqualTo(new Listen.Unix(Path.of("/b")));
    assertThat(options.metrics()).contains(new Listen.Unix(Path.of("/c")));
    assertThat(problems("--socket", "/a", "--port", "1"))
        .singleElement()
        .asString()
        .contains("--socket");
    assertThat(problems("--socket=/a", "--ip=1")).hasSize(1);
    assertThat(warnings("--api-socket", "/b", "--api-port", "1"))
        .anyMatch(w -> w.contains("--api-socket"));
  }

  @Test
  void starMeansEveryAddress() {
    assertThat(options("--ip", "*").listen()).isEqualTo(new Listen.Tcp("", 8000));
    assertThat(warnings("--ip", "*")).anyMatch(warning -> warning.contains("all-interfaces"));
  }

  @Test
  void lastValueCountsAndHeadersAdd() {
    assertThat(options("--port", "1", "--port", "2").listen()).isEqualTo(new Listen.Tcp("", 2));
    assertThat(
            options("--custom-header", "k1: v1", "--custom-header= k2 :v2:x ")
                .forward()
                .customHeaders())
        .isEqualTo(Map.of("k1", "v1", "k2", "v2:x"));
  }

  @Test
  void switchesSwitch() {
    ForwardOptions forward =
        options(
                "--no-x-forward",
                "--no-prepend-path",
                "--no-include-prefix",
                "--auto-rewrite",
                "--change-origin",
                "--protocol-rewrite",
                "https",
                "--host-routing",
                "--timeout",
                "1",
                "--proxy-timeout=2",
                "--keep-alive-timeout",
                "3")
            .forward();
    assertThat(forward)
        .isEqualTo(
            new ForwardOptions(
                true,
                false,
                false,
                false,
                true,
                true,
                java.util.Optional.of("https"),
                Map.of(),
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(3),
                options().forward().limits()));
    assertThat(options("--keep-alive-timeout=0").forward().keepAliveTimeout())
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void tokenAndPassphraseComeFromTheEnvironmentAndAreNotShown(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("x.pem"), "");
    var outcome =
        (Outcome.Ready)
            OptionsReader.read(
                List.of("--api-ssl-key", file.toString(), "--api-ssl-cert", file.toString()),
                Map.of(
                    "CONFIGPROXY_AUTH_TOKEN", "hidden1\n",
                    "CONFIGPROXY_API_SSL_KEY_PASSPHRASE", "hidden2"));
    assertThat(outcome.options().token()).contains(new Secret("hidden1"));
    assertThat(outcome.options().apiTls().orElseThrow().passphrase()).contains("hidden2");
    assertThat(outcome.toString()).doesNotContain("hidden");
  }

  @Test
  void everythingWrongIsToldAtOnce() {
    assertThat(
            problems(
                "--prot",
                "80",
                "--port=x",
                "--insecure=yes",
                "--api-port=70000",
                "--custom-header",
                "foo",
                "--error-target",
                "http://x",
                "--error-path",
                "/y",
                "--default-target",
                "nix",
                "--redirect-port",
                "80",
                "--storage-backend",
                "redis",
                "--timeout=-1",
                "--api-ip"))
        .hasSize(12)
        .anyMatch(problem -> problem.contains("--prot:") && problem.contains("--port?"))
        .anyMatch(problem -> problem.contains("'80' belongs to no option"))
        .anyMatch(problem -> problem.contains("--port: 'x' is not a port between 0 and 65535"))
        .anyMatch(problem -> problem.contains("--insecure takes no value"))
        .anyMatch(problem -> problem.contains("A colon was expected in custom header: foo"))
        .anyMatch(problem -> problem.contains("Cannot specify both error-target and error-path"))
        .anyMatch(problem -> problem.contains("--default-target: 'nix' is no target"))
        .anyMatch(problem -> problem.contains("--storage-backend: 'redis' is a JavaScript module"))
        .anyMatch(problem -> problem.contains("HTTPS redirection specified but certificates not"))
        .anyMatch(problem -> problem.contains("--api-ip: a value is missing"));
  }

  @Test
  void anErrorTargetIsATarget() {
    assertThat(options("--error-target", "http+unix://%2Frun%2Fhub.sock/error").errorTarget())
        .contains(Target.parse("unix+http://%2Frun%2Fhub.sock/error"));
    assertThat(problems("--error-target", "hub"))
        .singleElement()
        .asString()
        .startsWith("--error-target: 'hub' is no target");
  }

  @Test
  void headersThatBreakRequestsAreRefused() {
    assertThat(problems("--custom-header", "a b: c")).hasSize(1);
    assertThat(problems("--custom-header", "a: c\r\nX: y")).hasSize(1);
    assertThat(problems("--custom-header", ": c")).hasSize(1);
  }

  @Test
  void missingFilesAndHalvesAreRefused(@TempDir Path folder) {
    Path missing = folder.resolve("missing.pem");
    assertThat(problems("--ssl-key", missing.toString()))
        .hasSize(2)
        .anyMatch(problem -> problem.contains("is not there"))
        .anyMatch(problem -> problem.contains("--ssl-cert"));
    assertThat(problems("--ssl-request-cert")).hasSize(1);
  }

  @Test
  void unknownLogLevelIsToldAndInfoUsed() {
    assertThat(options("--log-level", "WARN").logLevel()).isEqualTo(System.Logger.Level.WARNING);
    assertThat(options("--log-level", "loud").logLevel()).isEqualTo(System.Logger.Level.INFO);
    assertThat(warnings("--log-level", "loud")).anyMatch(warning -> warning.contains("loud"));
  }

  @Test
  void questionsAreAnsweredWhateverElseIsThere() {
    assertThat(read("--version")).isEqualTo(new Outcome.Answer("5.3.0\n"));
    assertThat(read("--nope", "-V")).isEqualTo(new Outcome.Answer("5.3.0\n"));
    String help = ((Outcome.Answer) read("-h")).text();
    assertThat(Arrays.stream(ProxyOption.values()).map(ProxyOption::flag)).allMatch(help::contains);
    assertThat(((Outcome.Ready) read("--check-config")).checkOnly()).isTrue();
  }

  @Test
  void limitsAreRead() {
    ProxyOptions options =
        options(
            "--max-connections=1",
            "--max-client-connections=2",
            "--max-client-rate=3",
            "--max-route-requests=4",
            "--max-route-rate=5",
            "--max-header-size=6000",
            "--max-body-size=70000000000",
            "--header-timeout=8",
            "--stall-timeout=0",
            "--wait-for-routes",
            "--access-log=-");
    assertThat(options.forward().limits())
        .isEqualTo(
            new Limits(1, 2, 3, 4, 5, 6_000, 70_000_000_000L, Duration.ofMillis(8), Duration.ZERO));
    assertThat(options.waitForRoutes()).isTrue();
    assertThat(options.accessLog()).contains("-");
  }

  @Test
  void badLimitsAreTold() {
    assertThat(
            problems(
                "--max-connections=-1",
                "--max-client-rate=often",
                "--max-header-size=10",
                "--max-body-size=1MB"))
        .containsExactlyInAnyOrder(
            "--max-connections: '-1' is not a number up to 1000000.",
            "--max-client-rate: 'often' is not a number up to 1000000.",
            "--max-header-size: 10 is too little for the headers of browsers; give at least 1024.",
            "--max-body-size: '1MB' is not a number of bytes.");
  }

  /** To write the page anew: {@code -Dorrery.write.docs=true}. */
  @Test
  void documentationIsThatOfTheTable() throws IOException {
    if (Boolean.getBoolean("orrery.write.docs")) {
      Files.createDirectories(PAGE.getParent());
      Files.writeString(PAGE, OptionTexts.page());
    }
    assertThat(Files.readString(PAGE)).isEqualTo(OptionTexts.page());
  }
}
