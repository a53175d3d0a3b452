package dev.orrery.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Servers that are shared: who may share, who then may do what, and how it ends. */
class SharesTest {

  @TempDir private Path folder;
  private RunningHub hub;
  private String admin;
  private String owner;
  private String friend;

  @BeforeEach
  void start() throws IOException {
    hub = new RunningHub(folder);
    admin = hub.token("root", true, "inherit");
    owner = hub.token("ann", true, "inherit");
    friend = hub.token("bob", false, "inherit");
    assertThat(hub.ask(owner, "GET", "/hub/api/users/ann/server", "").status()).isEqualTo(200);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private JsonNode scopes(String token) {
    return hub.ask(token, "GET", "/hub/api/user", "").json().path("scopes");
  }

  private static final String ACCESS = "access:servers!server=ann/";

  private boolean bobMayEnter() {
    return scopes(friend).valueStream().anyMatch(scope -> scope.asString().equals(ACCESS));
  }

  @Test
  void aShareTakesEffectAtOnceAndSoDoesItsEnd() {
    assertThat(bobMayEnter()).isFalse();
    var made = hub.ask(owner, "POST", "/hub/api/shares/ann/", "{\"user\":\"bob\"}");
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    JsonNode share = made.json();
    assertThat(share.path("kind").asString()).isEqualTo("user");
    assertThat(share.path("user").path("name").asString()).isEqualTo("bob");
    assertThat(share.path("group").isNull()).isTrue();
    assertThat(share.path("scopes").get(0).asString()).isEqualTo(ACCESS);
    assertThat(share.path("server").path("url").asString()).isEqualTo("/user/ann/");
    assertThat(bobMayEnter()).isTrue();
    assertThat(
            hub.ask(friend, "GET", "/hub/api/users/bob/shared", "")
                .json()
                .path("_pagination")
                .path("total")
                .asInt())
        .isOne();
    var taken = hub.ask(owner, "PATCH", "/hub/api/shares/ann/", "{\"user\":\"bob\"}");
    assertThat(taken.json().isEmpty()).isTrue();
    assertThat(bobMayEnter()).isFalse();
  }

  @Test
  void aGroupIsSharedWithTooAndLeavesTogether() {
    hub.ask(admin, "POST", "/hub/api/groups/lab", "{\"users\":[\"bob\"]}");
    assertThat(hub.ask(owner, "POST", "/hub/api/shares/ann/", "{\"group\":\"lab\"}").status())
        .isEqualTo(200);
    assertThat(bobMayEnter()).isTrue();
    assertThat(hub.ask(friend, "GET", "/hub/api/groups/lab/shared/ann/", "").status())
        .isEqualTo(403);
    String groups = hub.token("root", true, "shares");
    assertThat(
            hub.ask(groups, "GET", "/hub/api/groups/lab/shared/ann/", "")
                .json()
                .path("kind")
                .asString())
        .isEqualTo("group");
    assertThat(hub.ask(friend, "GET", "/hub/api/users/bob/shared/ann/", "").status())
        .as("it is the group's, not bob's")
        .isEqualTo(404);
    assertThat(hub.ask(groups, "DELETE", "/hub/api/groups/lab/shared/ann/", "").status())
        .isEqualTo(204);
    assertThat(bobMayEnter()).isFalse();
  }

  @Test
  void whoWasGivenAccessCanGiveItUp() {
    hub.ask(owner, "POST", "/hub/api/shares/ann/", "{\"user\":\"bob\"}");
    assertThat(hub.ask(friend, "DELETE", "/hub/api/users/bob/shared/ann/", "").status())
        .isEqualTo(204);
    assertThat(hub.ask(friend, "DELETE", "/hub/api/users/bob/shared/ann/", "").status())
        .isEqualTo(404);
    assertThat(bobMayEnter()).isFalse();
  }

  @Test
  void nobodyGivesWhatTheyHaveNot() {
    String limited = hub.token("ann", true, "shares!user=ann", "read:users:name");
    var refused =
        hub.ask(
            limited,
            "POST",
            "/hub/api/shares/ann/",
            "{\"user\":\"bob\",\"scopes\":[\"delete:servers\"]}");
    assertThat(refused.status()).isEqualTo(403);
    String blind = hub.token("ann", true, "shares!user=ann");
    assertThat(hub.ask(blind, "POST", "/hub/api/shares/ann/", "{\"user\":\"bob\"}").status())
        .as("who may not know of bob can't find out that he is there")
        .isEqualTo(403);
    assertThat(hub.ask(friend, "POST", "/hub/api/shares/ann/", "{\"user\":\"bob\"}").status())
        .isEqualTo(403);
    assertThat(hub.ask(limited, "POST", "/hub/api/shares/bob/", "{\"user\":\"bob\"}").status())
        .isEqualTo(404);
    for (String wrong :
        List.of(
            "{}",
            "[1]",
            "{\"user\":\"\"}",
            "{\"user\":\"bob\",\"group\":\"lab\"}",
            "{\"user\":\"bob\",\"odd\":1}",
            "{\"user\":\"nobody\"}",
            "{\"user\":\"bob\",\"scopes\":\"access:servers\"}",
            "{\"user\":\"bob\",\"scopes\":[\"no:such\"]}",
            "{\"user\":\"bob\",\"scopes\":[\"access:servers!user=ann\"]}",
            "{\"user\":\"bob\",\"scopes\":[\"access:servers!server=bob/\"]}")) {
      assertThat(hub.ask(owner, "POST", "/hub/api/shares/ann/", wrong).status())
          .as(wrong)
          .isEqualTo(400);
    }
    assertThat(bobMayEnter()).isFalse();
  }

  @Test
  void aCodeIsShownOnceListedAndTakenBack() {
    var made = hub.ask(owner, "POST", "/hub/api/share-codes/ann/", "{\"expires_in\":60}");
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    String code = made.json().path("code").asString();
    String id = made.json().path("id").asString();
    assertThat(code).hasSize(43);
    assertThat(made.json().path("accept_url").asString())
        .isEqualTo("/hub/accept-share?code=" + code);
    JsonNode listed = hub.ask(owner, "GET", "/hub/api/share-codes/ann", "").json();
    assertThat(listed.path("items").get(0).path("id").asString()).isEqualTo(id);
    assertThat(listed.toString()).doesNotContain(code);
    assertThat(hub.ask(owner, "DELETE", "/hub/api/share-codes/ann/?id=sc_999", "").status())
        .isEqualTo(404);
    assertThat(
            hub.ask(owner, "DELETE", "/hub/api/share-codes/ann/?code=" + code + "x", "").status())
        .isEqualTo(404);
    assertThat(hub.ask(owner, "DELETE", "/hub/api/share-codes/ann/?id=" + id, "").status())
        .isEqualTo(204);
    assertThat(hub.ask(owner, "GET", "/hub/api/share-codes/ann", "").json().path("items").isEmpty())
        .isTrue();
    for (String wrong : List.of("59", "31536001", "null", "\"x\"", "1.5", "true")) {
      assertThat(
              hub.ask(owner, "POST", "/hub/api/share-codes/ann/", "{\"expires_in\":" + wrong + "}")
                  .status())
          .as(wrong)
          .isEqualTo(400);
    }
  }
}
