package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every operation of JupyterHub's REST API, asked of the real hub and of ours with the same
 * settings: the answers have to be alike in status, headers, and what is in them.
 */
@Tag("hub")
class HubApiTest {

  /** A server that starts at once and answers everything, or never if it is one of hal's. */
  private static final String SERVER =
      """
      import http.server, os, time, urllib.parse
      while os.environ["JUPYTERHUB_USER"] == "hal":
          time.sleep(60)
      where = urllib.parse.urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
      class Answer(http.server.BaseHTTPRequestHandler):
          def do_GET(self):
              self.send_response(200)
              self.send_header("Content-Length", "0")
              self.end_headers()
          def log_message(self, *args):
              pass
      http.server.ThreadingHTTPServer((where.hostname, where.port), Answer).serve_forever()
      """;

  private static final String CONFIG =
      """
      c = get_config()
      c.JupyterHub.authenticator_class = "dummy"
      c.Authenticator.allow_all = True
      c.Authenticator.admin_users = {"root"}
      c.Authenticator.blocked_users = {"eve"}
      c.JupyterHub.spawner_class = "simple"
      c.JupyterHub.allow_named_servers = True
      c.JupyterHub.named_server_limit_per_user = 2
      c.JupyterHub.active_server_limit = 3
      c.JupyterHub.concurrent_spawn_limit = 1
      c.JupyterHub.api_page_default_limit = 3
      c.JupyterHub.api_page_max_limit = 5
      c.Spawner.cmd = ["python3", "-c", SERVER]
      c.Spawner.args = []
      c.JupyterHub.services = [
          {"name": "cron", "api_token": CRON, "info": {"kind": {"of": ["clock"]}}},
          {"name": "hidden", "display": False, "admin": True},
          {"name": "works", "command": ["sleep", "600"], "cwd": "/"},
      ]
      c.JupyterHub.load_roles = [
          {"name": "counts", "scopes": ["list:users", "read:services!service=cron"],
           "services": ["cron"]},
      ]
      """;

  /** What the real hub answers to which methods, one line each: method, pattern. */
  private static final String ROUTES =
      """
      from tornado.web import RequestHandler
      from jupyterhub.apihandlers import default_handlers
      for pattern, handler in default_handlers:
          for method in ("get", "post", "put", "patch", "delete"):
              if getattr(handler, method) is not getattr(RequestHandler, method):
                  print(method.upper(), pattern)
      """;

  private static String config() {
    return "SERVER = %s\nCRON = '%s'\n%s"
        .formatted(HubApiCalls.JSON.writeValueAsString(SERVER), HubApiCalls.CRON, CONFIG);
  }

  @Test
  void everyOperationIsAskedFor() {
    var missing = new ArrayList<String>();
    for (String line : routes().lines().toList()) {
      String method = line.substring(0, line.indexOf(' '));
      var pattern = Pattern.compile(line.substring(line.indexOf(' ') + 1));
      boolean asked =
          HubApiCalls.all().stream()
              .anyMatch(call ->
                  call.method().equals(method)
                      && pattern.matcher("/api" + call.path().split("\\?", 2)[0]).matches());
      if (!asked && HubApiCalls.NOT_ASKED.stream().noneMatch(line::endsWith)) {
        missing.add(line);
      }
    }
    assertThat(missing).as("operations of JupyterHub that no call of the table asks for").isEmpty();
  }

  private static String routes() {
    Path python = Requirements.hub().resolve("bin").resolve("python");
    try {
      Process process =
          new ProcessBuilder(python.toString(), "-c", ROUTES)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(printed).contains("POST /api/users/([^/]+)");
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  @Test
  void bothHubsAnswerAlike() {
    List<HubApiCalls.Answer> theirs;
    List<HubApiCalls.Answer> ours;
    try (var real = RealHub.withConfig(config())) {
      theirs = HubApiCalls.ask(real.origin(), real::output);
    }
    try (var our =
        OurHub.withConfig(
            config() + "c.SimpleLocalProcessSpawner.home_dir_template = \"%s/{username}\"\n")) {
      ours = HubApiCalls.ask(our.origin(), our::output);
    }
    var differences = new ArrayList<String>();
    var used = new ArrayList<String>();
    for (int i = 0; i < theirs.size(); i++) {
      for (String difference : HubApiCalls.differences(theirs.get(i), ours.get(i))) {
        HubApiCalls.allowed(difference)
            .ifPresentOrElse(used::add, () -> differences.add(difference));
      }
    }
    assertThat(differences).as("differences that nobody has given a reason for").isEmpty();
    assertThat(HubApiCalls.ALLOWED.keySet())
        .as("reasons for differences that are no more")
        .allSatisfy(pattern -> assertThat(used).contains(pattern));
  }
}
