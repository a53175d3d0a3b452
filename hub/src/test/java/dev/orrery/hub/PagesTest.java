package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.store.Holder;
import dev.orrery.hub.users.People;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of a hub: who may see them, and what is on them. */
class PagesTest {

  private static final String HOSTILE = "\"><script>alert(1)</script>";
  private static final List<String> ADMIN =
      List.of(
          "/hub/admin",
          "/hub/admin/groups",
          "/hub/admin/user/ann",
          "/hub/admin/group/class",
          "/hub/admin/roles",
          "/hub/admin/role/user",
          "/hub/admin/services");

  @TempDir private Path folder;
  private RunningHub hub;

  @BeforeEach
  void start() throws IOException {
    hub = new RunningHub(folder);
    hub.database.change(tx -> tx.groups().create("class", "{}"));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  @Test
  void whoIsNotLoggedInIsSentToTheLoginAndBack() {
    try (var nobody = new Browser(hub.origin())) {
      for (String page : List.of("/hub/home", "/hub/token", "/hub/spawn", "/hub/admin?q=a")) {
        var answer = nobody.get(page);
        assertThat(answer.status()).as(page).isEqualTo(302);
        assertThat(Browser.location(answer))
            .isEqualTo("/hub/login?" + Browser.field("next", page).replace("+", "%20"));
      }
    }
  }

  @Test
  void adminPagesAreForAdministrators() {
    try (var ann = Browser.of(hub, "ann");
        var boss = Browser.of(hub, "boss")) {
      assertThat(ann.get("/hub/home").body()).doesNotContain("/hub/admin");
      assertThat(boss.get("/hub/home").body()).contains("/hub/admin");
      for (String page : ADMIN) {
        assertThat(ann.get(page).status()).as(page).isEqualTo(403);
        assertThat(boss.get(page).status()).as(page).isEqualTo(200);
      }
      assertThat(boss.get("/hub/admin/user/zoe").status()).isEqualTo(404);
      assertThat(boss.get("/hub/admin/group/none").status()).isEqualTo(404);
      assertThat(boss.submit("/hub/admin", "/hub/admin/invite", "").status())
          .as("people have no accounts of this hub")
          .isEqualTo(404);
    }
  }

  @Test
  void scriptsOfOtherServersOnThisOriginReadNoPage() {
    try (var boss = Browser.of(hub, "boss")) {
      for (String page : List.of("/hub/home", "/hub/token", "/hub/spawn", "/hub/admin")) {
        var answer = boss.get(page, "Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin");
        assertThat(answer.status()).as(page).isEqualTo(403);
        assertThat(answer.body()).doesNotContain("data-xsrf").doesNotContain("name=\"_xsrf\"");
      }
      assertThat(hub.spawner.requests).as("nor do they start anything").isEmpty();
      String token = Browser.xsrf(boss.get("/hub/home")).orElseThrow();
      assertThat(boss.get("/hub/home", "Sec-Fetch-Mode", "cors", "X-XSRFToken", token).status())
          .as("the page's own script may")
          .isEqualTo(200);
    }
  }

  @Test
  void pagesLoadNothingFromElsewhereAndHaveNoInlineScripts() {
    try (var boss = Browser.of(hub, "boss")) {
      var pages = new ArrayList<>(ADMIN);
      pages.addAll(List.of("/hub/home", "/hub/token", "/hub/login", "/hub/none"));
      for (String page : pages) {
        var answer = boss.get(page);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
            .as(page)
            .contains("script-src 'self';")
            .contains("frame-ancestors 'none'");
        assertThat(answer.body()).as(page).doesNotContainPattern("<script(?![^>]*\\bsrc=)");
        assertThat(answer.body()).doesNotContainPattern("\\son[a-z]+=");
        assertThat(answer.body()).doesNotContain("http://").doesNotContain("https://");
      }
      assertThat(boss.get("/hub/home").headers().firstValue("Cache-Control")).contains("no-store");
    }
  }

  @Test
  void namesAreTextWhereverTheyAreShown() {
    hub.database.change(tx -> {
      var person = new People(Clock.systemUTC()).add(tx, HOSTILE, true);
      var group =
          tx.groups().create(HOSTILE, "{\"a\":\"</textarea>" + HOSTILE.replace("\"", "") + "\"}");
      tx.groups().add(group.id(), person.id());
      tx.servers().create(person.id(), "x", HOSTILE);
    });
    String path = "%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E";
    hub.ask(
        hub.token("boss", true, "inherit"),
        "POST",
        "/hub/api/users/boss/tokens",
        "{\"note\":\"<script>alert(1)</script>\"}");
    try (var boss = Browser.of(hub, "boss")) {
      for (String page :
          List.of(
              "/hub/admin?q=" + path,
              "/hub/admin/groups",
              "/hub/token",
              "/hub/admin/user/" + path,
              "/hub/admin/group/" + path,
              "/hub/error/" + path,
              "/hub/spawn-pending/" + path,
              "/hub/user/" + path + "/")) {
        assertThat(boss.get(page).body())
            .as(page)
            .doesNotContain("<script>")
            .doesNotContain("</textarea>\"");
      }
    }
  }

  @Test
  void peopleAreFoundInTheDatabasePageByPage() {
    hub.database.change(tx -> {
      var people = new People(Clock.systemUTC());
      for (int i = 0; i < 120; i++) {
        people.add(tx, String.format("user-%03d", i), false);
      }
    });
    try (var boss = Browser.of(hub, "boss")) {
      String first = boss.get("/hub/admin?q=USER-").body();
      assertThat(first)
          .contains("user-000", "user-049", "1 to 50 of 120")
          .doesNotContain("user-050");
      assertThat(first).contains("/hub/admin?offset=50").contains("q=USER-");
      String last = boss.get("/hub/admin?offset=100&q=user-").body();
      assertThat(last).contains("user-119", "101 to 120 of 120").doesNotContain("id=\"next\"");
      assertThat(boss.get("/hub/admin?q=user-&sort=-name").body())
          .contains("user-119")
          .doesNotContain("user-050");
      assertThat(boss.get("/hub/admin?q=%25").body()).contains("0 to 0 of 0");
      boss.get("/hub/spawn");
      assertThat(boss.get("/hub/admin?state=ready").body()).contains("1 to 1 of 1");
      for (String wrong : List.of("state=x", "sort=x", "offset=-1", "offset=x")) {
        assertThat(boss.get("/hub/admin?" + wrong).status()).as(wrong).isEqualTo(400);
      }
    }
  }

  @Test
  void whoMayListSomeSeesThese() {
    hub.database.change(tx -> {
      var people = new People(Clock.systemUTC());
      var ann = people.add(tx, "ann", false);
      people.add(tx, "bob", false);
      var group = tx.groups().find("class").orElseThrow();
      tx.groups().add(group.id(), ann.id());
      var teacher = people.add(tx, "teacher", false);
      var role =
          tx.roles()
              .put(
                  "teacher",
                  "",
                  List.of("admin-ui", "list:users!group=class", "read:servers!group=class"),
                  false);
      tx.roles().grant(Holder.USER, teacher.id(), role.id(), false);
    });
    try (var teacher = Browser.of(hub, "teacher")) {
      String list = teacher.get("/hub/admin").body();
      assertThat(list).contains("/hub/admin/user/ann").doesNotContain("/hub/admin/user/bob");
      assertThat(list)
          .as("seeing is not starting")
          .doesNotContain("POST /hub/api/users/ann/server");
      assertThat(list).doesNotContain("id=\"add-users\"");
      assertThat(teacher.get("/hub/admin/user/bob").status()).isEqualTo(404);
      assertThat(teacher.get("/hub/admin/user/ann").body()).doesNotContain("delete-user");
    }
  }

  @Test
  void tokensAndApplicationsAreListed() {
    String program = hub.token("ann", false, "read:users!user=ann");
    try (var ann = Browser.of(hub, "ann")) {
      ann.get("/hub/spawn");
      OAuthTest.tokenFor(hub, ann, "ann");
      String page = ann.get("/hub/token").body();
      assertThat(page)
          .contains(
              "read:users!user=ann", "Server at /user/ann/", "DELETE /hub/api/users/ann/tokens/a")
          .doesNotContain(program);
    }
  }

  @Test
  void theProxyGetsPagesForItsErrors() {
    try (var nobody = new Browser(hub.origin())) {
      var answer = nobody.get("/hub/error/503?url=%2Fuser%2Fann%2F");
      assertThat(answer.status()).as("the proxy knows the status").isEqualTo(200);
      assertThat(answer.body()).contains("Not available at the moment", "/hub/home");
      assertThat(nobody.get("/hub/error/404").body()).contains("Not found");
      assertThat(nobody.get("/hub/error/999").status()).isEqualTo(404);
      assertThat(nobody.get("/hub/logo").headers().firstValue("Content-Type"))
          .contains("image/svg+xml");
      assertThat(nobody.get("/hub/static/../login").status()).isEqualTo(404);
    }
  }

  @Test
  void pagesSpeakTheLanguageOfTheBrowser() {
    try (var nobody = new Browser(hub.origin())) {
      var korean = nobody.get("/hub/login", "Accept-Language", "ko-KR,ko;q=0.9,en;q=0.8");
      assertThat(korean.body()).contains("<html lang=\"ko\">", "로그인");
      assertThat(nobody.get("/hub/login").body()).contains("<html lang=\"en\">", "Log in");
      assertThat(nobody.get("/hub/none", "Accept-Language", "ko").body()).contains("찾을 수 없습니다");
    }
  }

  @Test
  void aServerIsSharedByALinkAndTakenBack() {
    try (var ann = Browser.of(hub, "ann");
        var bob = Browser.of(hub, "bob")) {
      assertThat(ann.get("/hub/share/ann").status()).as("unless a role says so").isEqualTo(404);
      assertThat(ann.get("/hub/home").body()).doesNotContain("/hub/share/");
      hub.database.change(tx -> {
        var role = tx.roles().put("sharer", "", List.of("shares!user"), false);
        for (String name : List.of("ann", "bob")) {
          tx.roles().grant(Holder.USER, tx.users().find(name).orElseThrow().id(), role.id(), false);
        }
      });
      ann.get("/hub/spawn");
      assertThat(ann.get("/hub/home").body()).contains("/hub/share/ann");
      assertThat(bob.get("/hub/share/ann").status()).as("not his to share").isEqualTo(404);
      assertThat(ann.post("/hub/share/ann", "do=link").status()).isEqualTo(403);
      for (String wrong : List.of("do=x", "do=link&lasts=3", "do=revoke&id=x", "do=revoke-link")) {
        assertThat(ann.submit("/hub/share/ann", "/hub/share/ann", wrong).status())
            .as(wrong)
            .isEqualTo(400);
      }
      var made = ann.submit("/hub/share/ann", "/hub/share/ann", "do=link&lasts=24");
      Matcher link = Pattern.compile("/hub/accept-share\\?code=[^\"&]+").matcher(made.body());
      assertThat(link.find()).as(made.body()).isTrue();
      String accept = link.group();
      assertThat(ann.get(accept).status()).as("one's own").isEqualTo(403);
      assertThat(bob.get("/hub/accept-share?code=wrong").status()).isEqualTo(404);

      assertThat(bob.get("/hub/user/ann/lab").status()).isEqualTo(404);
      assertThat(bob.get(accept).body()).contains("ann shares their default server");
      assertThat(bob.post(accept, "").status()).as("no form of ours").isEqualTo(403);
      assertThat(bob.get("/hub/user/ann/lab").status())
          .as("asking is not accepting")
          .isEqualTo(404);
      assertThat(Browser.location(bob.submit(accept, accept, ""))).isEqualTo("/user/ann/");
      assertThat(bob.get("/hub/user/ann/lab").status()).isEqualTo(302);
      ann.submit("/hub/home", "/hub/home/stop", "");
      assertThat(bob.get("/hub/user/ann/lab").body())
          .contains("Only its owner can start it")
          .doesNotContain("/hub/spawn/ann");

      String page = ann.get("/hub/share/ann").body();
      assertThat(page).contains("bob").doesNotContain(accept);
      Matcher share =
          Pattern.compile("value=\"revoke\">\\s*<input[^>]*name=\"id\" value=\"([0-9]+)\"")
              .matcher(page);
      assertThat(share.find()).isTrue();
      bob.submit("/hub/share/bob", "/hub/share/bob", "do=revoke&id=" + share.group(1));
      assertThat(ann.get("/hub/share/ann").body()).as("not by others").contains("bob");
      ann.submit("/hub/share/ann", "/hub/share/ann", "do=revoke&id=" + share.group(1));
      assertThat(bob.get("/hub/user/ann/lab").status()).isEqualTo(404);
      Matcher code =
          Pattern.compile("revoke-link\">\\s*<input[^>]*name=\"id\" value=\"([0-9]+)\"")
              .matcher(ann.get("/hub/share/ann").body());
      assertThat(code.find()).isTrue();
      ann.submit("/hub/share/ann", "/hub/share/ann", "do=revoke-link&id=" + code.group(1));
      assertThat(bob.get(accept).status()).isEqualTo(404);
    }
  }

  @Test
  void aServerIsSharedByNameWithWhomOneMayKnow() {
    try (var boss = Browser.of(hub, "boss");
        var ann = Browser.of(hub, "ann");
        var bob = Browser.of(hub, "bob")) {
      String page = "/hub/share/boss";
      assertThat(boss.get(page).body()).contains("value=\"user\"", "value=\"group\"");
      var refused = boss.submit(page, page, "do=grant&kind=user&with=nobody");
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.body()).contains("role=\"alert\"", "No such user: nobody");
      assertThat(boss.submit(page, page, "do=grant&kind=user&with=boss").body())
          .contains("own server");
      assertThat(boss.submit(page, page, "do=grant&kind=odd&with=bob").status()).isEqualTo(400);
      assertThat(boss.post(page, "do=grant&kind=user&with=bob").status())
          .as("no form of ours")
          .isEqualTo(403);
      assertThat(bob.get("/hub/user/boss/lab").status()).isEqualTo(404);
      assertThat(boss.submit(page, page, "do=grant&kind=user&with=+bob+").status()).isEqualTo(302);
      assertThat(bob.get("/hub/user/boss/lab").status()).as("it is stopped").isEqualTo(424);
      assertThat(ann.get("/hub/user/boss/lab").status()).isEqualTo(404);
      hub.database.change(tx -> {
        long group = tx.groups().find("class").orElseThrow().id();
        tx.groups().add(group, tx.users().find("ann").orElseThrow().id());
      });
      assertThat(boss.submit(page, page, "do=grant&kind=group&with=class").status()).isEqualTo(302);
      assertThat(ann.get("/hub/user/boss/lab").status()).isEqualTo(424);
      assertThat(boss.get(page).body()).contains("class (group)");

      hub.database.change(tx -> {
        var role = tx.roles().put("sharer", "", List.of("shares!user"), false);
        tx.roles().grant(Holder.USER, tx.users().find("ann").orElseThrow().id(), role.id(), false);
      });
      assertThat(ann.get("/hub/share/ann").body())
          .as("who may know nobody shares by links")
          .doesNotContain("value=\"grant\"");
      assertThat(
              ann.submit("/hub/share/ann", "/hub/share/ann", "do=grant&kind=user&with=bob")
                  .status())
          .isEqualTo(403);
      hub.database.change(
          tx -> tx.roles().put("sharer", "", List.of("shares!user", "read:users:name"), false));
      assertThat(ann.get("/hub/share/ann").body())
          .contains("value=\"user\"")
          .doesNotContain("value=\"group\"");
      assertThat(
              ann.submit("/hub/share/ann", "/hub/share/ann", "do=grant&kind=group&with=class")
                  .status())
          .isEqualTo(403);
    }
  }
}
