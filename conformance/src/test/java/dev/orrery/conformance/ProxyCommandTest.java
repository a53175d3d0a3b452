package dev.orrery.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code orrery proxy} as whoever started configurable-http-proxy starts it. */
class ProxyCommandTest {

  private final Path root = OrreryServer.makeRoot();

  @AfterEach
  void deleteRoot() {
    OrreryServer.delete(root);
  }

  @Test
  void routeIsAddedUsedAndCounted() throws Exception {
    HttpServer backend =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    backend.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestURI().toString().getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    backend.start();
    Path pid = root.resolve("pid");
    try (var proxy = new RunningProxy(root, "--metrics-port", "0", "--pid-file", pid.toString());
        var client = HttpClient.newHttpClient()) {
      String api = proxy.told("Proxy API at (http://\\S+)");
      String front = proxy.told("Proxying (http://\\S+) to \\(no default\\)");
      String metrics = proxy.told("Serve metrics at http://(\\S+)");
      proxy.told("Writing pid (\\d+)");
      Eventually.holds(
          "the pid file is there", Duration.ofSeconds(60), () -> Files.exists(pid), proxy::output);
      assertThat(pid).hasContent(Long.toString(proxy.process().pid()));
      assertThat(ask(client, HttpRequest.newBuilder(URI.create(api))).statusCode()).isEqualTo(403);
      String target = "{\"target\":\"http://127.0.0.1:" + backend.getAddress().getPort() + "\"}";
      assertThat(
              ask(
                      client,
                      HttpRequest.newBuilder(URI.create(api + "/a"))
                          .header("Authorization", "token secret")
                          .POST(BodyPublishers.ofString(target)))
                  .statusCode())
          .isEqualTo(201);
      proxy.told("(Route added /a -> http://127)");
      proxy.told("info: (201 POST /api/routes/a )");
      assertThat(ask(client, HttpRequest.newBuilder(URI.create(front + "/a/b?c"))).body())
          .isEqualTo("/a/b?c");
      assertThat(ask(client, HttpRequest.newBuilder(URI.create(front + "/b"))).statusCode())
          .isEqualTo(404);
      assertThat(
              ask(
                      client,
                      HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1" + metrics.substring(metrics.indexOf(':')))))
                  .body())
          .contains("api_route_add 1\n", "requests_web 2\n", "requests_api{status=\"201\"} 1\n")
          .contains("requests_proxy{status=\"200\"} 1\n", "requests_proxy{status=\"404\"} 1\n");
      assertThat(proxy.output()).doesNotContain("secret");

      proxy.process().destroy();
      assertThat(proxy.process().waitFor(10, TimeUnit.SECONDS)).as(proxy.output()).isTrue();
      assertThat(proxy.process().exitValue()).isEqualTo(2);
      proxy.told("warn: (Terminated)");
      assertThat(pid).doesNotExist();
    } finally {
      backend.stop(0);
    }
  }

  /** Scripts wait for that line before they connect; so it is not there while ports are not. */
  @Test
  void theDefaultRouteIsNotToldBeforeTheApiListens() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var proxy =
            new RunningProxy(
                root,
                "--api-port",
                Integer.toString(taken.getLocalPort()),
                "--default-target",
                "http://127.0.0.1:1")) {
      assertThat(proxy.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(proxy.process().exitValue()).isEqualTo(1);
      assertThat(proxy.output()).contains("Can't listen on").doesNotContain("Route added");
    }
  }

  @Test
  void linkWithTheOldNameIsTheProxy() throws Exception {
    Path link = root.resolve("configurable-http-proxy");
    Path program = Path.of(System.getProperty("orrery.home", ""), "bin", "orrery");
    Files.createSymbolicLink(link, program.toRealPath());
    Process process = new ProcessBuilder(link.toString(), "--version").start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8)).isEqualTo("5.3.0\n");
  }

  @Test
  void wrongOptionsAreToldTogether() throws Exception {
    Process process = OrreryServer.command(root, List.of("proxy", "--prot", "--port", "x")).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8))
        .contains("--prot: there is no such option; did you mean --port?", "--port: 'x'");
  }

  @Test
  void socketOfAKilledProxyIsReplaced() throws Exception {
    String[] sockets = {
      "--socket", root.resolve("p").toString(), "--api-socket", root.resolve("a").toString()
    };
    try (var first = new RunningProxy(root, sockets)) {
      first.told("Proxy API at (http://\\S+)");
      first.process().destroyForcibly().waitFor();
      assertThat(root.resolve("p")).exists();
    }
    try (var second = new RunningProxy(root, sockets)) {
      second.told("Proxy API at (http://\\S+)");
      second.process().destroy();
      assertThat(second.process().waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(root.resolve("p")).doesNotExist();
    }
  }

  private static HttpResponse<String> ask(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
