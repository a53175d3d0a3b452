package dev.orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.server.TestNotebookServer.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may come in, from where, and where they are sent. */
class AccessTest extends ServerTest {

  /** Made by jupyter_server of the words "correct horse". */
  private static final String HASH =
      "argon2:$argon2id$v=19$m=10240,t=10,p=8$2D0C1JwMo89jD9dNTIXhGA$9joESYVmmWp3O2c3e1bsiF5zp4HLiINwf8vh8VfU9zU";

  private static final String TOKEN = TestNotebookServer.TOKEN;

  /** The {@code name=value} of a cookie an answer sets; empty when it sets none. */
  private static String cookie(Answer answer, String prefix) {
    return answer.headers("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith(prefix))
        .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
        .findFirst()
        .orElse("");
  }

  @Test
  void programsWithoutALoginAreRefusedAndPeopleAreSentToLogIn() throws IOException {
    for (String path :
        List.of("/api/contents", "/api/kernels", "/api/status", "/api/me", "/lab/api/settings")) {
      Answer answer = server().ask("GET", path, "", "Accept", "*/*");
      assertThat(answer.status()).as(path).isEqualTo(403);
      assertThat(answer.body()).isEqualTo("{\"message\":\"Forbidden\",\"reason\":null}");
      assertThat(answer.headers("Set-Cookie")).isEmpty();
    }
    Answer page = server().ask("GET", "/lab/tree/a%20b?x=1&y=%26", "", "Accept", "*/*");
    assertThat(page.status()).isEqualTo(302);
    assertThat(page.header("Location"))
        .isEqualTo("/login?next=%2Flab%2Ftree%2Fa%2520b%3Fx%3D1%26y%3D%2526");
  }

  @Test
  void whatNeedsNoLoginIsOpen() throws IOException {
    for (String path : List.of("/api", "/login", "/favicon.ico", "/robots.txt")) {
      assertThat(server().ask("GET", path, "", "Accept", "*/*").status()).as(path).isEqualTo(200);
    }
    assertThat(server().ask("GET", "/api", "", "Accept", "*/*").body())
        .isEqualTo("{\"version\":\"2.21.1\"}");
  }

  @Test
  void theTokenOpensHoweverItIsSent() throws IOException {
    for (String header :
        List.of("token " + TOKEN, "Token " + TOKEN, "Bearer " + TOKEN, "bearer   " + TOKEN)) {
      assertThat(server().ask("GET", "/api/status", "", "Authorization", header).status())
          .as(header)
          .isEqualTo(200);
      assertThat(server().ask("GET", "/api/status?token=", "", "Authorization", header).status())
          .as("an empty field does not count")
          .isEqualTo(200);
    }
    assertThat(server().ask("GET", "/api/status?token=" + TOKEN, "", "A", "b").status())
        .isEqualTo(200);
  }

  @Test
  void whatOnlyLooksLikeTheTokenDoesNotOpen() throws IOException {
    for (String header :
        List.of("token " + TOKEN + "x", "token ", "token", "Basic " + TOKEN, TOKEN, "token test")) {
      assertThat(server().ask("GET", "/api/status", "", "Authorization", header).status())
          .as(header)
          .isEqualTo(403);
    }
    assertThat(server().ask("GET", "/api/status?token=nope", "", "A", "b").status()).isEqualTo(403);
  }

  @Test
  void aPageOpenedWithTheTokenLogsTheBrowserIn() throws IOException {
    Answer first = server().ask("GET", "/lab?token=" + TOKEN, "", "Accept", "*/*");
    assertThat(first.status()).isEqualTo(200);
    String login = cookie(first, "username-127-0-0-1-" + server().server.port());
    String xsrf = cookie(first, "_xsrf=");
    assertThat(login).contains("2|1:0|10:");
    assertThat(xsrf).isNotEmpty();
    assertThat(first.headers("Set-Cookie"))
        .anyMatch(c -> c.startsWith("username-") && c.contains("HttpOnly") && c.contains("Path=/"))
        .noneMatch(c -> c.startsWith("_xsrf") && c.contains("HttpOnly"));

    Answer second = server().ask("GET", "/api/status", "", "Cookie", login);
    assertThat(second.status()).isEqualTo(200);
    String forged = login.substring(0, login.length() - 5) + "0000\"";
    assertThat(server().ask("GET", "/api/status", "", "Cookie", forged).status()).isEqualTo(403);
    Answer me = server().ask("GET", "/api/me", "", "Cookie", login);
    Answer again = server().ask("GET", "/api/me", "", "Cookie", login);
    assertThat(me.json().path("identity")).isEqualTo(again.json().path("identity"));
  }

  @Test
  void aChangeByCookieNeedsTheXsrfTokenAndOneByTokenDoesNot() throws IOException {
    Answer first = server().ask("GET", "/lab?token=" + TOKEN, "", "Accept", "*/*");
    String xsrf = cookie(first, "_xsrf=");
    String value = xsrf.substring("_xsrf=".length());
    String cookies = cookie(first, "username-") + "; " + xsrf;
    String path = "/api/contents";
    assertThat(server().ask("POST", path, "", "Cookie", cookies).status()).isEqualTo(403);
    assertThat(server().ask("POST", path, "", "Cookie", cookies).message()).contains("_xsrf");
    for (String wrong : List.of("", "x", "2|00000000|00000000000000000000000000000000|1")) {
      assertThat(server().ask("POST", path, "", "Cookie", cookies, "X-XSRFToken", wrong).status())
          .as(wrong)
          .isEqualTo(403);
    }
    assertThat(server().ask("POST", path, "", "Cookie", cookies, "X-XSRFToken", value).status())
        .isEqualTo(201);
    assertThat(server().ask("POST", path, "", "Cookie", cookies, "X-CSRFToken", value).status())
        .isEqualTo(201);
    String query = path + "?_xsrf=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    assertThat(server().ask("POST", query, "", "Cookie", cookies).status()).isEqualTo(201);
    assertThat(server().ask("POST", path).status()).isEqualTo(201);
  }

  @Test
  void aForeignOriginSeesNothing() throws IOException {
    Answer first = server().ask("GET", "/lab?token=" + TOKEN, "", "Accept", "*/*");
    String login = cookie(first, "username-");
    for (String origin : List.of("http://evil.example", "null", server().origin() + ".evil", "x")) {
      Answer answer = server().ask("GET", "/api/status", "", "Cookie", login, "Origin", origin);
      assertThat(answer.status()).as(origin).isEqualTo(404);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
    }
    assertThat(
            server()
                .ask("GET", "/api/status", "", "Cookie", login, "Origin", server().origin())
                .status())
        .isEqualTo(200);
    assertThat(
            server()
                .ask("GET", "/api/status?token=" + TOKEN, "", "Origin", "http://evil.example")
                .status())
        .as("the token is no cookie a browser adds")
        .isEqualTo(200);
  }

  @Test
  void anAllowedOriginIsMatchedWhole() throws IOException {
    var server = server("--ServerApp.allow_origin_pat=https://[a-z]+\\.good\\.example");
    String login = cookie(server.ask("GET", "/lab?token=" + TOKEN, "", "A", "b"), "username-");
    Answer good =
        server.ask("GET", "/api/status", "", "Cookie", login, "Origin", "https://a.good.example");
    assertThat(good.status()).isEqualTo(200);
    assertThat(good.header("Access-Control-Allow-Origin")).isEqualTo("https://a.good.example");
    for (String origin : List.of("https://a.good.example.evil", "xhttps://a.good.example")) {
      assertThat(server.ask("GET", "/api/status", "", "Cookie", login, "Origin", origin).status())
          .as(origin)
          .isEqualTo(404);
    }
    Answer preflight =
        server.ask("OPTIONS", "/api/contents", "", "Origin", "https://a.good.example");
    assertThat(preflight.status()).isEqualTo(200);
    assertThat(preflight.header("Access-Control-Allow-Methods")).contains("PATCH");
    assertThat(preflight.header("Access-Control-Allow-Headers")).contains("x-xsrftoken");
  }

  @Test
  void aHostThatIsNotLocalIsRefusedEverywhere() throws IOException {
    for (String path : List.of("/api", "/lab", "/login", "/nope", "/api/status?token=" + TOKEN)) {
      for (String host : List.of("evil.example", "127.0.0.1.evil.example", "10.0.0.1:8888")) {
        assertThat(server().ask("GET", path, "", "Host", host).status())
            .as(host + path)
            .isEqualTo(403);
      }
    }
    for (String host : List.of("localhost", "LOCALHOST:1", "127.0.0.1", "127.1.2.3:9", "[::1]:8")) {
      assertThat(server().ask("GET", "/api", "", "Host", host).status()).as(host).isEqualTo(200);
    }
  }

  @Test
  void anyHostIsTakenWhereThatIsSet() throws IOException {
    var server = server("--ServerApp.allow_remote_access=True");
    assertThat(server.ask("GET", "/api", "", "Host", "anything.example").status()).isEqualTo(200);
  }

  @Test
  void noRedirectLeadsToAnotherServer() throws IOException {
    for (String path :
        List.of("//evil.example/", "///evil.example//", "/%5Cevil.example/", "/x/")) {
      Answer answer = server().ask("GET", path, "", "Accept", "*/*");
      assertThat(answer.status()).as(path).isEqualTo(302);
      assertThat(answer.header("Location")).as(path).matches("/[^/\\\\].*|/");
    }
    for (String target :
        List.of(
            "/\\evil.example/", "\\\\evil.example/", "/\\/evil.example/", "//\\evil.example/")) {
      assertThat(server().locationOfRaw(target)).as(target).matches("(/[^/\\\\].*)?");
    }
    assertThat(server().locationOfRaw("http://evil.example/x/")).doesNotContain("evil");
    Answer query = server().ask("GET", "/x/?a=//b&c", "", "Accept", "*/*");
    assertThat(query.header("Location")).isEqualTo("/x?a=//b&c");
  }

  @Test
  void aLoginLeadsToPagesOfThisServerOnly() throws IOException {
    for (String next :
        List.of(
            "//evil.example",
            "///evil.example",
            "http://evil.example/",
            "/\\evil.example",
            "\\\\evil.example",
            "evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "/lab\r\nX-Evil: 1",
            "")) {
      String path =
          "/login?token=" + TOKEN + "&next=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
      Answer answer = server().ask("GET", path, "", "Accept", "*/*");
      assertThat(answer.status()).as(next).isEqualTo(302);
      assertThat(answer.header("Location")).as(next).isEqualTo("/lab");
    }
    Answer own =
        server().ask("GET", "/login?next=%2Flab%2Ftree%2Fa%2520b&token=" + TOKEN, "", "A", "b");
    assertThat(own.header("Location")).isEqualTo("/lab/tree/a%20b");
  }

  @Test
  void aUsersFileIsNotForOtherSitesToUse() throws IOException {
    Files.writeString(server().root.resolve("a.html"), "<script>alert(1)</script>");
    Answer first = server().ask("GET", "/lab?token=" + TOKEN, "", "Accept", "*/*");
    String xsrf = cookie(first, "_xsrf=");
    String cookies = cookie(first, "username-") + "; " + xsrf;
    assertThat(server().ask("GET", "/files/a.html", "", "Cookie", cookies).status()).isEqualTo(403);
    assertThat(
            server()
                .ask(
                    "GET",
                    "/files/a.html",
                    "",
                    "Cookie",
                    cookies,
                    "Referer",
                    "http://evil.example/x")
                .status())
        .isEqualTo(403);
    Answer own =
        server()
            .ask(
                "GET",
                "/files/a.html",
                "",
                "Cookie",
                cookies,
                "Referer",
                server().origin() + "/lab");
    assertThat(own.status()).isEqualTo(200);
    assertThat(own.header("Content-Security-Policy")).contains("sandbox allow-scripts");
    assertThat(own.header("X-Content-Type-Options")).isEqualTo("nosniff");
    String query =
        "/files/a.html?_xsrf=" + URLEncoder.encode(xsrf.substring(6), StandardCharsets.UTF_8);
    assertThat(server().ask("GET", query, "", "Cookie", cookies).status()).isEqualTo(200);
    assertThat(server().ask("GET", "/files/a.html").status()).isEqualTo(200);
    Answer download = server().ask("GET", "/files/a.html?download=1");
    assertThat(download.header("Content-Disposition"))
        .isEqualTo("attachment; filename*=utf-8''a.html");
  }

  @Test
  void everyAnswerSaysWhatMayFrameIt() throws IOException {
    Answer api = server().ask("GET", "/api/status");
    assertThat(api.header("Content-Security-Policy"))
        .isEqualTo(
            "frame-ancestors 'self'; report-uri /api/security/csp-report; default-src 'none'");
    for (String path : List.of("/lab", "/login", "/nope", "/api/nope")) {
      Answer page = server().ask("GET", path);
      assertThat(page.header("Content-Security-Policy"))
          .as(path)
          .isEqualTo("frame-ancestors 'self'; report-uri /api/security/csp-report");
    }
    assertThat(server().ask("POST", "/api/security/csp-report", "{}", "A", "b").status())
        .isEqualTo(200);
  }

  @Test
  void aPasswordOpensAndAWrongOneDoesNot() throws IOException {
    var server = server("--PasswordIdentityProvider.hashed_password=" + HASH);
    Answer form = server.ask("GET", "/login?next=%2Flab%3Fa", "", "Accept", "*/*");
    String xsrf = cookie(form, "_xsrf=");
    assertThat(form.body()).contains("type=\"password\"").contains("next=%2Flab%3Fa");
    String fields = "_xsrf=" + URLEncoder.encode(xsrf.substring(6), StandardCharsets.UTF_8);
    String type = "application/x-www-form-urlencoded";

    Answer forged = server.ask("POST", "/login", "password=correct+horse", "Content-Type", type);
    assertThat(forged.status()).isEqualTo(403);
    Answer wrong =
        server.ask(
            "POST", "/login", fields + "&password=wrong", "Content-Type", type, "Cookie", xsrf);
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(cookie(wrong, "username-")).isEmpty();
    Answer right =
        server.ask(
            "POST",
            "/login?next=%2Flab%3Fa",
            fields + "&password=correct+horse",
            "Content-Type",
            type,
            "Cookie",
            xsrf);
    assertThat(right.status()).isEqualTo(302);
    assertThat(right.header("Location")).isEqualTo("/lab?a");
    String login = cookie(right, "username-");
    assertThat(server.ask("GET", "/api/status", "", "Cookie", login).status()).isEqualTo(200);
    Answer logout = server.ask("GET", "/logout", "", "Cookie", login);
    assertThat(logout.status()).isEqualTo(200);
    assertThat(logout.headers("Set-Cookie"))
        .anyMatch(c -> c.startsWith("username-") && c.contains("Max-Age=0"));
  }

  @Test
  void withoutTokenAndPasswordEverybodyIsIn() throws IOException {
    var server = server("--IdentityProvider.token=");
    assertThat(server.ask("GET", "/api/status", "", "A", "b").status()).isEqualTo(200);
    assertThat(server.ask("GET", "/lab", "", "A", "b").status()).isEqualTo(200);
    assertThat(server.ask("POST", "/api/contents", "", "A", "b").status())
        .as("other sites still can't change anything")
        .isEqualTo(403);
  }

  @Test
  void whoIAmCanBeAskedAndChanged() throws IOException {
    Answer me = server().ask("GET", "/api/me?permissions=%7B%22contents%22%3A%5B%22read%22%5D%7D");
    assertThat(me.json().path("permissions").path("contents").path(0).asString()).isEqualTo("read");
    assertThat(me.json().path("permissions").path("updatable_fields").size()).isEqualTo(5);
    assertThat(me.json().path("identity").path("name").asString()).startsWith("Anonymous ");
    for (String bad : List.of("x", "[]", "%7B%22a%22%3A1%7D", "%7B%22a%22%3A%5B1%5D%7D", "1")) {
      assertThat(server().ask("GET", "/api/me?permissions=" + bad).status()).as(bad).isEqualTo(400);
    }
    assertThat(server().ask("PATCH", "/api/me", "{\"username\":\"x\"}").status()).isEqualTo(400);
    assertThat(server().ask("PATCH", "/api/me", "{\"name\":5}").status()).isEqualTo(400);
    Answer changed = server().ask("PATCH", "/api/me", "{\"name\":\"Jö\",\"color\":\"red\"}");
    assertThat(changed.json().path("status").asString()).isEqualTo("success");
    assertThat(changed.headers("Set-Cookie").stream().filter(c -> c.startsWith("username-")))
        .hasSize(1);
    Answer asked = server().ask("GET", "/api/me", "", "Cookie", cookie(changed, "username-"));
    assertThat(asked.json().path("identity").path("name").asString()).isEqualTo("Jö");
  }

  @Test
  void belowABasePathCookiesAndRedirectsStayThere() throws IOException {
    var server = server("--ServerApp.base_url=/user/jo");
    Answer login = server.ask("GET", "/user/jo/lab?token=" + TOKEN, "", "A", "b");
    assertThat(login.headers("Set-Cookie")).allMatch(c -> c.contains("Path=/user/jo/"));
    assertThat(server.ask("GET", "/user/jo/", "", "A", "b").header("Location"))
        .startsWith("/user/jo/login?next=");
    assertThat(server.ask("GET", "/user/jo/x/").header("Location")).isEqualTo("/user/jo/x");
    assertThat(server.ask("GET", "/api").status()).isEqualTo(404);
    assertThat(
            server
                .ask("GET", "/user/jo/login?next=%2Flab&token=" + TOKEN, "", "A", "b")
                .header("Location"))
        .isEqualTo("/user/jo/lab");
  }
}
