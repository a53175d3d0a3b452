package dev.orrery.hub.scopes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.scopes.Resource.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scopes as administrators define them. */
class CustomScopesTest {

  private static final Map<String, ?> READ = Map.of("description", "Read files");

  @Test
  void customScopeIsExpandedLikeAnyOther() {
    CustomScopes checked =
        CustomScopes.check(
            Map.of(
                "custom:app:write",
                Map.of("description", "Write files", "subscopes", List.of("custom:app:read")),
                "custom:app:read",
                READ));
    assertThat(checked.problems()).isEmpty();
    assertThat(checked.table().expand(List.of("custom:app:write!user"), new User("a")).texts())
        .containsExactly("custom:app:read!user=a", "custom:app:write!user=a");
    assertThat(ScopeTable.standard().find("custom:app:read")).isEmpty();
  }

  @Test
  void namesFollowTheRule() {
    for (String good : List.of("custom:a:b", "custom:abc", "custom:9-_:*_", "custom:a**")) {
      assertThat(CustomScopes.check(Map.of(good, READ)).problems()).as(good).isEmpty();
    }
    for (String bad :
        List.of(
            "custom:",
            "custom:a",
            "custom:-abc",
            "custom:abc-",
            "custom:abc:",
            "custom:Abc",
            "custom:a bc",
            "custom:abc\n",
            "app:abc",
            "users",
            "custom:abc!user")) {
      assertThat(CustomScopes.check(Map.of(bad, READ)).problems())
          .as(bad)
          .singleElement()
          .asString()
          .contains("'" + bad + "'", "valid name");
    }
  }

  @Test
  void everyProblemIsASentence() {
    assertThat(problem("custom:one", "no dictionary")).contains("dictionary with a description");
    assertThat(problem("custom:one", Map.of())).contains("needs a description");
    assertThat(problem("custom:one", Map.of("description", 1))).contains("needs a description");
    assertThat(problem("custom:one", Map.of("description", "d", "subscopes", "custom:one")))
        .contains("no list of names");
    assertThat(problem("custom:one", Map.of("description", "d", "subscopes", List.of(1))))
        .contains("no text: 1");
    assertThat(problem("custom:one", Map.of("description", "d", "subscopes", List.of("users"))))
        .contains("'users'", "no custom scope");
    assertThat(
            problem("custom:one", Map.of("description", "d", "subscopes", List.of("custom:two"))))
        .contains("'custom:two'", "not defined");
    assertThat(
            problem("custom:one", Map.of("description", "d", "subscopes", List.of("custom:one"))))
        .contains("circle: custom:one");
  }

  private static String problem(String name, Object definition) {
    CustomScopes checked = CustomScopes.check(Map.of(name, definition));
    assertThat(checked.table()).isSameAs(ScopeTable.standard());
    assertThat(checked.problems()).hasSize(1);
    return checked.problems().getFirst();
  }

  @Test
  void unknownKeysAreToldAndIgnored() {
    CustomScopes checked =
        CustomScopes.check(Map.of("custom:one", Map.of("description", "d", "color", "red")));
    assertThat(checked.problems()).isEmpty();
    assertThat(checked.warnings()).singleElement().asString().contains("custom:one", "color");
  }
}
