package dev.orrery.hub.scopes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Roles as administrators write them. */
class RoleCheckTest {

  private static RoleCheck check(Map<?, ?>... loadRoles) {
    return RoleCheck.of(ScopeTable.standard(), List.of(loadRoles), List.of(), false);
  }

  private static RoleDefinition role(RoleCheck check, String name) {
    return check.roles().stream()
        .filter(role -> role.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void withoutConfigurationThereAreTheDefaults() {
    RoleCheck check = check();
    assertThat(check.roles()).isEqualTo(RoleDefinition.defaults());
    assertThat(check.problems()).isEmpty();
    assertThat(check.warnings()).isEmpty();
  }

  @Test
  void scopesOfDefaultRolesExist() {
    for (RoleDefinition role : RoleDefinition.defaults()) {
      assertThat(ScopeTable.standard().problems(role.scopes())).isEmpty();
      assertThat(RoleDefinition.isName(role.name())).isTrue();
    }
  }

  @Test
  void wholeEntryIsRead() {
    RoleCheck check =
        check(
            Map.of(
                "name", "teacher",
                "description", "Teaches",
                "scopes", List.of("read:users!group=class"),
                "users", List.of("ada"),
                "services", List.of(),
                "groups", List.of("staff")));
    assertThat(check.problems()).isEmpty();
    assertThat(check.roles())
        .last()
        .isEqualTo(
            new RoleDefinition(
                "teacher",
                Optional.of("Teaches"),
                List.of("read:users!group=class"),
                Optional.of(List.of("ada")),
                Optional.of(List.of()),
                Optional.of(List.of("staff"))));
  }

  @Test
  void whatADefaultRoleIsNotGivenItKeeps() {
    RoleCheck check = check(Map.of("name", "server", "scopes", List.of("access:servers!server")));
    assertThat(check.problems()).isEmpty();
    RoleDefinition server = role(check, "server");
    assertThat(server.scopes()).containsExactly("access:servers!server");
    assertThat(server.description()).isPresent();
    assertThat(check.roles()).hasSameSizeAs(RoleDefinition.defaults());
  }

  @Test
  void adminCanBeGivenButNotChanged() {
    assertThat(check(Map.of("name", "admin", "users", List.of("ada"))).problems()).isEmpty();
    assertThat(
            check(
                    Map.of(
                        "name",
                        "admin",
                        "description",
                        "another",
                        "scopes",
                        role(check(), "admin").scopes().reversed()))
                .problems())
        .isEmpty();
    assertThat(check(Map.of("name", "admin", "scopes", List.of("users"))).problems())
        .singleElement()
        .asString()
        .contains("'admin'", "other scopes");
  }

  @Test
  void everyProblemIsTold() {
    RoleCheck check =
        check(
            Map.of("name", "Bad Name", "scopes", List.of("users")),
            Map.of("name", "unknown", "scopes", List.of("reed:users", "users!role=a")),
            Map.of("scopes", List.of("users")),
            Map.of("name", "text", "scopes", "users"),
            Map.of("name", "twice", "scopes", List.of("users")),
            Map.of("name", "twice", "scopes", List.of("users")));
    assertThat(check.problems())
        .satisfiesExactly(
            problem -> assertThat(problem).contains("'Bad Name'", "valid name"),
            problem -> assertThat(problem).contains("'unknown'", "'reed:users'"),
            problem -> assertThat(problem).contains("'unknown'", "'!role=a'"),
            problem -> assertThat(problem).contains("with a name"),
            problem -> assertThat(problem).contains("'text'", "list of texts"),
            problem -> assertThat(problem).contains("'twice'", "defined twice"));
  }

  @Test
  void namesAreThoseTheDatabaseHas() {
    assertThat(List.of("abc", "a-b", "a_~.9", "a" + "b".repeat(254)))
        .allMatch(RoleDefinition::isName);
    assertThat(List.of("ab", "Abc", "9bc", "ab-", "a b", "abc\n", "", "a" + "b".repeat(255)))
        .noneMatch(RoleDefinition::isName);
  }

  @Test
  void extraScopesAreForUsers() {
    RoleCheck check =
        RoleCheck.of(ScopeTable.standard(), List.of(), List.of("access:services"), false);
    assertThat(role(check, "user").scopes()).containsExactly("self", "access:services");
    assertThat(check.problems()).isEmpty();
    assertThat(
            RoleCheck.of(ScopeTable.standard(), List.of(), List.of("acces:services"), false)
                .problems())
        .singleElement()
        .asString()
        .contains("extra_user_scopes", "'acces:services'");
  }

  @Test
  void extraScopesMeanNothingBesideANewUserRole() {
    RoleCheck check =
        RoleCheck.of(
            ScopeTable.standard(),
            List.of(Map.of("name", "user", "scopes", List.of("read:hub"))),
            List.of("access:services"),
            false);
    assertThat(role(check, "user").scopes()).containsExactly("read:hub");
    assertThat(check.warnings())
        .satisfiesExactly(
            warning -> assertThat(warning).contains("extra_user_scopes means nothing"),
            warning -> assertThat(warning).contains("without the scope 'self'"));
  }

  @Test
  void rolesAreNotGivenTwoWays() {
    List<Map<String, ?>> roles = new ArrayList<>();
    roles.add(Map.of("name", "teacher", "scopes", List.of("users"), "users", List.of("ada")));
    roles.add(Map.of("name", "robot", "scopes", List.of("users"), "services", List.of("cull")));
    assertThat(RoleCheck.of(ScopeTable.standard(), roles, List.of(), true).problems())
        .singleElement()
        .asString()
        .contains("'teacher'", "authenticator");
  }

  @Test
  void whatMeansNothingIsToldButDoesNotStop() {
    RoleCheck check = check(Map.of("name", "idle", "tokens", List.of("t")));
    assertThat(check.problems()).isEmpty();
    assertThat(check.warnings())
        .satisfiesExactly(
            warning -> assertThat(warning).contains("tokens"),
            warning -> assertThat(warning).contains("no scopes"));
  }
}
