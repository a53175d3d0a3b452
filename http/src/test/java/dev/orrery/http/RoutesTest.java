package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {

  private final Routes routes =
      new Routes()
          .add(Routes.Kind.API, "GET", "/api/kernels/{id}", RoutesTest::nothing)
          .add(Routes.Kind.API, "DELETE", "/api/kernels/{id}", RoutesTest::nothing)
          .add(Routes.Kind.API, "GET", "/api/kernels/mine", RoutesTest::nothing)
          .add(Routes.Kind.API, "GET", "/api/kernels/{id}/log", RoutesTest::nothing)
          .add(Routes.Kind.PAGE, "GET", "/api/{rest*}", RoutesTest::nothing)
          .add(Routes.Kind.PAGE, "GET", "/", RoutesTest::nothing);

  private static void nothing(Exchange exchange) {
    throw new AssertionError("not called here: " + exchange.rawPath());
  }

  private Routes.Match find(String method, String path) {
    return routes.find(method, RawPath.segments(path)).orElseThrow();
  }

  @Test
  void literalsWinOverParametersAndThoseOverRests() {
    assertThat(find("GET", "/api/kernels/mine").pattern()).isEqualTo("/api/kernels/mine");
    assertThat(find("GET", "/api/kernels/other").pattern()).isEqualTo("/api/kernels/{id}");
    assertThat(find("GET", "/api/kernels").pattern()).isEqualTo("/api/{rest*}");
    assertThat(find("GET", "/").pattern()).isEqualTo("/");
  }

  @Test
  void aLiteralThatLeadsNowhereGivesWayToAParameter() {
    Routes.Match match = find("GET", "/api/kernels/mine/log");
    assertThat(match.pattern()).isEqualTo("/api/kernels/{id}/log");
    assertThat(match.parameters()).isEqualTo(Map.of("id", "mine"));
  }

  @Test
  void parametersTriedInVainLeaveNoValueBehind() {
    assertThat(find("GET", "/api/kernels/a/b/c").parameters())
        .isEqualTo(Map.of("rest", "kernels/a/b/c"));
  }

  @Test
  void aRestMayBeEmptyAndAParameterMayNot() {
    assertThat(find("GET", "/api").parameters()).isEqualTo(Map.of("rest", ""));
    assertThat(find("GET", "/api/kernels/").pattern()).isEqualTo("/api/{rest*}");
  }

  @Test
  void aKnownPathWithAnotherMethodTellsWhichAreAllowed() {
    Routes.Match match = find("PATCH", "/api/kernels/x");
    assertThat(match.handler()).isEmpty();
    assertThat(match.allowed()).containsExactly("DELETE", "GET");
  }

  @Test
  void anUnknownPathHasNoRoute() {
    assertThat(routes.find("GET", List.of("nope"))).isEmpty();
    assertThat(routes.find("GET", List.of("", ""))).isEmpty();
  }

  @Test
  void declaringARouteTwiceIsAMistake() {
    assertThatThrownBy(
            () -> routes.add(Routes.Kind.API, "GET", "/api/kernels/{id}", RoutesTest::nothing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("GET /api/kernels/{id}");
  }
}
