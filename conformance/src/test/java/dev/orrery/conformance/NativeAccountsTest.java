package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Accounts of nativeauthenticator: either hub lets in who made one at the other. */
@Tag("hub")
class NativeAccountsTest {

  /** Its logins count with statsd, which JupyterHub 6 does not have any more, and fail for that. */
  private static final String NATIVE =
      """
      from jupyterhub.handlers import BaseHandler
      class Statsd:
          def timer(self, _): return self
          def start(self): return self
          def stop(self, send): pass
      BaseHandler.statsd = Statsd()
      c.JupyterHub.authenticator_class = "native"
      c.NativeAuthenticator.minimum_password_length = 8
      """;

  private static final String FIRST = "seven green owls";
  private static final String SECOND = "여덟 갈색 곰 ☃";

  @Test
  void accountsAreMadeApprovedAndChangedByEitherHub() {
    try (var hub = new EitherHub(NATIVE)) {
      hub.startReal();
      signUp(hub, "boss");
      signUp(hub, "ann");
      signUp(hub, "bea");
      try (var boss = HubSession.visitor(hub.origin())) {
        assertThat(isIn(boss, "boss", FIRST)).isTrue();
        // With JupyterHub, to open the page is to say yes.
        assertThat(boss.get("/hub/authorize/ann").statusCode()).isEqualTo(200);
      }
      hub.stop();

      hub.startOurs();
      assertThat(isIn(hub, "ann", FIRST)).as(hub.output()).isTrue();
      assertThat(isIn(hub, "ann", SECOND)).isFalse();
      assertThat(isIn(hub, "bea", FIRST)).as("who is not approved").isFalse();
      signUp(hub, "cid");
      try (var boss = HubSession.visitor(hub.origin());
          var ann = HubSession.visitor(hub.origin())) {
        assertThat(isIn(boss, "boss", FIRST)).isTrue();
        assertThat(boss.get("/hub/authorize").body()).contains("bea", "cid");
        boss.fill("/hub/authorize/bea");
        boss.fill("/hub/authorize/cid");
        assertThat(isIn(ann, "ann", FIRST)).isTrue();
        ann.fill(
            "/hub/change-password",
            "old_password",
            FIRST,
            "new_password",
            SECOND,
            "new_password_confirmation",
            SECOND);
      }
      hub.stop();

      hub.startReal();
      assertThat(isIn(hub, "ann", SECOND)).as("a password that was set by ours").isTrue();
      assertThat(isIn(hub, "ann", FIRST)).isFalse();
      assertThat(isIn(hub, "bea", FIRST)).as("whom ours approved").isTrue();
      assertThat(isIn(hub, "cid", FIRST)).as("who signed up with ours").isTrue();
    }
  }

  @Test
  void bothMakeTheSameTable() {
    String real;
    try (var hub = new EitherHub(NATIVE)) {
      hub.startReal();
      real = hub.schema();
    }
    assertThat(real).contains("users_info");
    try (var hub = new EitherHub(NATIVE)) {
      hub.startOurs();
      assertThat(hub.schema()).isEqualTo(real);
    }
  }

  private static void signUp(EitherHub hub, String name) {
    try (var visitor = HubSession.visitor(hub.origin())) {
      var answer =
          visitor.fill(
              "/hub/signup",
              "username",
              name,
              "signup_password",
              FIRST,
              "signup_password_confirmation",
              FIRST);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  private static boolean isIn(EitherHub hub, String name, String password) {
    try (var visitor = HubSession.visitor(hub.origin())) {
      return isIn(visitor, name, password);
    }
  }

  private static boolean isIn(HubSession visitor, String name, String password) {
    visitor.fill("/hub/login?next=%2Fhub%2Fhome", "username", name, "password", password);
    var home = visitor.get("/hub/home");
    return home.uri().getPath().equals("/hub/home") && home.body().contains(name);
  }
}
