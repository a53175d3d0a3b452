package dev.orrery.hub;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.users.People;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The administrators' pages of roles and services: what they show, and the little they change. */
class RolesAndServicesTest {

  private static final String ROLES = "/hub/admin/roles";
  private static final String ADMIN = "/hub/admin/role/admin";
  private static final String SERVICES = "/hub/admin/services";
  private static final String HOSTILE = "\"><script>alert(1)<script>";
  private static final String HOSTILE_PATH = "%22%3E%3Cscript%3Ealert%281%29%3Cscript%3E";

  @TempDir private Path folder;
  private @Nullable RunningHub running;

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
  }

  private void start(String... arguments) throws IOException {
    running = new RunningHub(folder, arguments);
  }

  private RunningHub hub() {
    return requireNonNull(running);
  }

  private boolean isAdmin(String name) {
    return hub()
        .database
        .read(tx -> {
          var user = tx.users().find(name).orElseThrow();
          boolean holds =
              tx.roles().of(Holder.USER, user.id()).stream()
                  .anyMatch(role -> role.name().equals("admin"));
          assertThat(holds).as("the role is the same as the mark").isEqualTo(user.admin());
          return holds;
        });
  }

  private static long person(Transaction tx, String name) {
    return tx.users()
        .find(name)
        .orElseGet(() -> new People(Clock.systemUTC()).add(tx, name, false))
        .id();
  }

  private void give(String name, String... scopes) {
    hub()
        .database
        .change(tx -> {
          var role = tx.roles().put("of-" + name, "", List.of(scopes), true);
          tx.roles().grant(Holder.USER, person(tx, name), role.id(), true);
        });
  }

  @Test
  void rolesAreShownWithScopesAndHowManyHaveThem() throws Exception {
    start(
        "--JupyterHub.load_groups={'class': ['ann', 'bob']}",
        "--JupyterHub.services=[{'name': 'cron'}]",
        "--JupyterHub.load_roles=[{'name': 'teacher', 'description': 'Looks after a class',"
            + " 'scopes': ['list:users!group=class', 'access:servers!user'], 'users': ['ann'],"
            + " 'groups': ['class'], 'services': ['cron']}]");
    give("carl", "admin-ui", "read:roles:users", "read:roles:groups");
    try (var boss = Browser.of(hub(), "boss");
        var carl = Browser.of(hub(), "carl")) {
      String list = boss.get(ROLES).body();
      assertThat(list).contains("teacher", "Looks after a class", "list:users!group=class");
      assertThat(row(list, "user")).as("ann, bob, boss, carl").contains(">4</td>");
      assertThat(row(list, "teacher").split(">1</td>", -1)).as("one of each").hasSize(4);
      assertThat(boss.get(ROLES + "?q=EACH").body()).contains("1 to 1 of 1").contains("teacher");
      assertThat(boss.get(ROLES + "?q=%25").body()).contains("No role has these letters");

      String one = boss.get("/hub/admin/role/teacher").body();
      assertThat(one)
          .contains("List users, at least by name.", "the group class and who is in it")
          .contains("what is their own", "The settings say who has it")
          .contains("/hub/admin/user/ann")
          .doesNotContain("name=\"do\"");
      assertThat(boss.get("/hub/admin/role/teacher?kind=group").body())
          .contains("/hub/admin/group/class")
          .doesNotContain("/hub/admin/user/ann");
      assertThat(boss.get("/hub/admin/role/teacher?kind=service").body())
          .contains("/hub/admin/service/cron");
      assertThat(boss.get("/hub/admin/role/teacher?kind=x").status()).isEqualTo(400);
      assertThat(boss.get("/hub/admin/role/none").status()).isEqualTo(404);
      assertThat(boss.get("/hub/admin/user/ann").body()).contains("/hub/admin/role/teacher");

      assertThat(carl.get(ROLES).status()).as("not those of services").isEqualTo(403);
      assertThat(carl.get(ADMIN).status()).isEqualTo(403);
      assertThat(carl.get("/hub/admin/groups").body()).doesNotContain(ROLES);
    }
  }

  private static String row(String page, String role) {
    Matcher row =
        Pattern.compile("<tr>\\s*<th[^>]*><a href=\"/hub/admin/role/" + role + "\".*?</tr>", 32)
            .matcher(page);
    assertThat(row.find()).as(role).isTrue();
    return row.group();
  }

  @Test
  void whoHasARoleIsFoundInTheDatabasePageByPage() throws Exception {
    start();
    hub()
        .database
        .change(tx -> {
          for (int i = 0; i < 120; i++) {
            person(tx, String.format("user-%03d", i));
          }
        });
    try (var boss = Browser.of(hub(), "boss")) {
      String first = boss.get("/hub/admin/role/user?q=USER-").body();
      assertThat(first)
          .contains("user-000", "user-049", "1 to 50 of 120", "offset=50")
          .contains("kind=user", "q=USER-")
          .doesNotContain("user-050");
      assertThat(boss.get("/hub/admin/role/user?offset=100&q=user-").body())
          .contains("user-119", "101 to 120 of 120")
          .doesNotContain("id=\"next\"");
      assertThat(boss.get("/hub/admin/role/user?offset=x").status()).isEqualTo(400);
    }
  }

  @Test
  void administratorsAreMadeByAdministratorsAlone() throws Exception {
    start();
    give("ann");
    give("carl", "admin-ui", "read:roles", "admin:users");
    try (var boss = Browser.of(hub(), "boss");
        var carl = Browser.of(hub(), "carl")) {
      assertThat(boss.get(ADMIN).body())
          .contains("id=\"give\"", "by the settings")
          .doesNotContain("value=\"take\"");
      assertThat(boss.get("/hub/admin/role/user").body()).doesNotContain("name=\"do\"");
      assertThat(boss.submit("/hub/home", "/hub/admin/role/user", "do=give&user=ann").status())
          .isEqualTo(405);
      assertThat(boss.post(ADMIN, "do=give&user=ann").status())
          .as("no form of ours")
          .isEqualTo(403);
      assertThat(boss.submit(ADMIN, ADMIN, "do=x&user=ann").status()).isEqualTo(400);
      var nobody = boss.submit(ADMIN, ADMIN, "do=give&user=nobody");
      assertThat(nobody.status()).isEqualTo(404);
      assertThat(nobody.body()).contains("No such user: nobody", "role=\"alert\"");
      assertThat(isAdmin("ann")).isFalse();

      assertThat(carl.get(ADMIN).body()).doesNotContain("name=\"do\"");
      assertThat(carl.submit("/hub/home", ADMIN, "do=give&user=ann").status()).isEqualTo(403);
      assertThat(carl.submit("/hub/home", ADMIN, "do=take&user=boss").status()).isEqualTo(403);

      assertThat(boss.submit(ADMIN, ADMIN, "do=give&user=+ann+").status()).isEqualTo(302);
      assertThat(isAdmin("ann")).isTrue();
      assertThat(boss.get(ADMIN).body()).contains("value=\"take\"");
      assertThat(boss.submit(ADMIN, ADMIN, "do=take&user=ann").status()).isEqualTo(302);
      assertThat(isAdmin("ann")).isFalse();
      assertThat(isAdmin("boss")).isTrue();
    }
  }

  @Test
  void administratorsThatTheSettingsNameAreNotChangedHere() throws Exception {
    start("--JupyterHub.load_roles=[{'name': 'admin', 'users': ['boss', 'ann']}]");
    try (var boss = Browser.of(hub(), "boss")) {
      assertThat(boss.get(ADMIN).body())
          .contains("The settings say who has it")
          .doesNotContain("name=\"do\"");
      assertThat(boss.submit("/hub/home", ADMIN, "do=take&user=ann").status()).isEqualTo(405);
      assertThat(isAdmin("ann")).isTrue();
    }
  }

  @Test
  void servicesAreShownAddedAndRemoved() throws Exception {
    start(
        "--JupyterHub.services=[{'name': 'grades', 'url': 'http://127.0.0.1:9', 'admin': True,"
            + " 'info': {'room': 4}, 'api_token': '0123456789abcdef'}]");
    try (var audit = new AuditLines();
        var boss = Browser.of(hub(), "boss")) {
      String list = boss.get(SERVICES).body();
      assertThat(list)
          .contains("href=\"/services/grades/\"", "http://127.0.0.1:9", "administrator")
          .contains("/hub/admin/role/admin", ">1</td>");
      String grades = boss.get("/hub/admin/service/grades").body();
      assertThat(grades)
          .contains("JupyterHub.services", "service-grades", "/services/grades/oauth_callback")
          .contains("access:services!service=grades", "room")
          .doesNotContain("remove-service")
          .doesNotContain("0123456789abcdef");
      assertThat(boss.submit(SERVICES, "/hub/admin/service/grades/remove", "").status())
          .isEqualTo(405);

      assertThat(boss.post(SERVICES, "name=one").status()).as("no form of ours").isEqualTo(403);
      for (String wrong :
          List.of(
              "name=",
              "name=a%2Fb",
              "name=one&url=ftp%3A%2F%2Fa",
              "name=one&oauth_no_confirm=on",
              "name=one&url=http%3A%2F%2F127.0.0.1%3A9&scopes=no%3Asuch")) {
        var refused = boss.submit(SERVICES, SERVICES, wrong);
        assertThat(refused.status()).as(wrong).isEqualTo(400);
        assertThat(refused.body()).contains("role=\"alert\"");
      }
      assertThat(boss.submit(SERVICES, SERVICES, "name=grades").status()).isEqualTo(409);
      var made =
          boss.submit(
              SERVICES,
              SERVICES,
              "name=one&url=http%3A%2F%2F127.0.0.1%3A9&scopes=read%3Ausers%21user");
      assertThat(made.status()).isEqualTo(200);
      Matcher token = Pattern.compile("id=\"made-token\" value=\"([^\"]+)\"").matcher(made.body());
      assertThat(token.find()).as(made.body()).isTrue();
      var self = hub().ask(token.group(1), "GET", "/hub/api/user", "");
      assertThat(self.json().path("name").asString()).isEqualTo("one");
      assertThat(hub().routes).containsKey("/services/one/");
      assertThat(boss.get(SERVICES).body()).doesNotContain(token.group(1));
      assertThat(boss.get("/hub/admin/service/one").body())
          .contains("remove-service", "read:users!user");

      assertThat(boss.post("/hub/admin/service/one/remove", "").status()).isEqualTo(403);
      assertThat(
              boss.submit("/hub/admin/service/one", "/hub/admin/service/one/remove", "").status())
          .isEqualTo(302);
      assertThat(boss.get("/hub/admin/service/one").status()).isEqualTo(404);
      assertThat(hub().routes).doesNotContainKey("/services/one/");
      assertThat(hub().ask(token.group(1), "GET", "/hub/api/user", "").status()).isEqualTo(403);
      assertThat(audit.told())
          .allSatisfy(line -> assertThat(line.path("user").asString()).isEqualTo("boss"))
          .map(line -> line.path("path").asString() + " " + line.path("status"))
          .contains(
              "/hub/admin/services 200",
              "/hub/admin/services 409",
              "/hub/admin/service/grades/remove 405",
              "/hub/admin/service/one/remove 302");
    }
  }

  @Test
  void servicesAreSeenAndChangedAsFarAsScopesReach() throws Exception {
    start("--JupyterHub.services=[{'name': 'one'}, {'name': 'two', 'url': 'http://127.0.0.1:9'}]");
    give("lists", "admin-ui", "list:services");
    give("some", "admin-ui", "list:services!service=one");
    give("none", "admin-ui");
    give("adds", "admin-ui", "admin:services");
    try (var lists = Browser.of(hub(), "lists");
        var some = Browser.of(hub(), "some");
        var none = Browser.of(hub(), "none");
        var adds = Browser.of(hub(), "adds")) {
      assertThat(lists.get(SERVICES).body())
          .contains("/hub/admin/service/two")
          .doesNotContain("127.0.0.1:9")
          .doesNotContain("add-service");
      assertThat(lists.get("/hub/admin/service/two").body()).doesNotContain("127.0.0.1:9");
      assertThat(some.get(SERVICES).body())
          .contains("/hub/admin/service/one", "1 to 1 of 1")
          .doesNotContain("/hub/admin/service/two");
      assertThat(some.get("/hub/admin/service/two").status()).isEqualTo(404);
      assertThat(none.get(SERVICES).status()).isEqualTo(403);
      assertThat(none.get("/hub/admin").body()).doesNotContain(SERVICES);
      assertThat(lists.submit("/hub/home", SERVICES, "name=three").status()).isEqualTo(403);
      assertThat(adds.submit(SERVICES, SERVICES, "name=three&admin=on").status())
          .as("it is to have no more than who adds it")
          .isEqualTo(400);
      assertThat(adds.submit(SERVICES, SERVICES, "name=three").status()).isEqualTo(200);
      assertThat(lists.submit("/hub/home", "/hub/admin/service/three/remove", "").status())
          .isEqualTo(404);
      assertThat(adds.get("/hub/admin/service/three").status()).isEqualTo(200);
    }
  }

  @Test
  void namesAreTextWhereverTheyAreShown() throws Exception {
    start();
    hub()
        .database
        .change(tx -> {
          var role =
              tx.roles()
                  .put(HOSTILE, HOSTILE, List.of("list:users!group=" + HOSTILE, HOSTILE), true);
          tx.roles().grant(Holder.USER, person(tx, HOSTILE), role.id(), true);
        });
    try (var boss = Browser.of(hub(), "boss")) {
      boss.submit(SERVICES, SERVICES, Browser.field("name", HOSTILE));
      for (String page :
          List.of(
              ROLES,
              "/hub/admin/role/" + HOSTILE_PATH,
              "/hub/admin/user/" + HOSTILE_PATH,
              ROLES + "?q=" + HOSTILE_PATH,
              SERVICES,
              "/hub/admin/service/" + HOSTILE_PATH)) {
        var answer = boss.get(page);
        assertThat(answer.status()).as(page).isEqualTo(200);
        assertThat(answer.body()).as(page).contains("&lt;script").doesNotContain("<script>");
      }
    }
  }

  @Test
  void everythingWorksWithoutScripts() throws Exception {
    start();
    try (var boss = Browser.of(hub(), "boss")) {
      for (String page : List.of(ROLES, ADMIN, SERVICES)) {
        assertThat(boss.get(page).body()).as(page).doesNotContain("<script", "data-rest");
      }
    }
  }
}
