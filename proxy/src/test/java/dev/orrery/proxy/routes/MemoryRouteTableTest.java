package dev.orrery.proxy.routes;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/** Which route a path finds, as configurable-http-proxy's trie finds it. */
class MemoryRouteTableTest {

  private final RouteTable table = new MemoryRouteTable();

  @Test
  void anEmptyTableFindsNothing() {
    assertThat(table.find("/")).isEmpty();
    assertThat(table.find("/a/b")).isEmpty();
  }

  @Test
  void theRootIsTheLastResort() {
    add("/");
    assertThat(found("/")).isEqualTo("/");
    assertThat(found("")).isEqualTo("/");
    assertThat(found("/anything/at/all/")).isEqualTo("/");
  }

  @Test
  void theLongestBeginningWins() {
    add("/");
    add("/user");
    add("/user/anna/lab");
    assertThat(found("/user/anna/lab/tree")).isEqualTo("/user/anna/lab");
    assertThat(found("/user/anna/lab")).isEqualTo("/user/anna/lab");
    assertThat(found("/user/anna")).isEqualTo("/user");
    assertThat(found("/users")).isEqualTo("/");
  }

  @Test
  void whatOnlyLeadsToARouteIsNone() {
    add("a/b/c");
    assertThat(found("/a/b/c/d")).isEqualTo("/a/b/c");
    assertThat(table.find("/a/b")).isEmpty();
    assertThat(table.find("/a")).isEmpty();
    assertThat(table.find("/")).isEmpty();
  }

  @Test
  void aSegmentIsFoundWholeOrNotAtAll() {
    add("/user/anna");
    assertThat(table.find("/user/annabel")).isEmpty();
    assertThat(table.find("/user")).isEmpty();
  }

  @Test
  void slashesAtTheEndsDoNotCountAndThoseInTheMiddleDo() {
    add("/a/b/");
    assertThat(found("//a/b//")).isEqualTo("/a/b");
    assertThat(table.find("/a//b")).isEmpty();
    add("/a//b");
    assertThat(found("/a//b/c")).isEqualTo("/a//b");
  }

  @Test
  void aRemovedRouteUncoversTheShorterOne() {
    add("/");
    add("/a");
    add("/a/b/c");
    assertThat(table.remove("/a/b/c")).isPresent();
    assertThat(table.remove("/a/b/c")).isEmpty();
    assertThat(found("/a/b/c")).isEqualTo("/a");
    assertThat(table.size()).isEqualTo(2);
  }

  @Test
  void aRemovedRouteLeavesTheDeeperOnes() {
    add("/");
    add("/b");
    add("/b/c");
    assertThat(table.remove("/b/")).isPresent();
    assertThat(found("/b/x")).isEqualTo("/");
    assertThat(found("/b/c/x")).isEqualTo("/b/c");
    assertThat(table.remove("/")).isPresent();
    assertThat(table.find("/b/x")).isEmpty();
    assertThat(found("/b/c/x")).isEqualTo("/b/c");
  }

  @Test
  void removingWhatIsNotThereChangesNothing() {
    add("/a/b");
    assertThat(table.remove("/a")).isEmpty();
    assertThat(table.remove("/a/b/c")).isEmpty();
    assertThat(table.remove("/")).isEmpty();
    assertThat(found("/a/b")).isEqualTo("/a/b");
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void addingAgainReplaces() {
    add("/a");
    Route second = add("/a/");
    assertThat(table.find("/a/x")).containsSame(second);
    assertThat(table.all()).containsExactly(second);
    table.remove("/a");
    assertThat(table.find("/a")).isEmpty();
  }

  @Test
  void routesDeeperThanAnyOneNeedsAreFound() {
    String deep = "/x".repeat(40);
    add(deep);
    assertThat(found(deep + "/y")).isEqualTo(deep);
    assertThat(table.find("/x".repeat(39))).isEmpty();
  }

  /** Against the slowest possible table, which looks at every route. */
  @Test
  void agreesWithASearchThroughAllRoutes() {
    var random = new Random(20_26);
    Map<String, Route> model = new HashMap<>();
    for (int step = 0; step < 5_000; step++) {
      String path = randomPath(random);
      switch (random.nextInt(3)) {
        case 0 -> model.put(RoutePath.key(path), add(path));
        case 1 -> {
          assertThat(table.remove(path).isPresent())
              .isEqualTo(model.remove(RoutePath.key(path)) != null);
        }
        default -> {
          String asked = randomPath(random) + randomPath(random);
          assertThat(table.find(asked)).as(asked).isEqualTo(slowly(model, asked));
        }
      }
    }
  }

  private static Optional<Route> slowly(Map<String, Route> model, String asked) {
    String key = RoutePath.key(asked);
    String best = null;
    for (String candidate : model.keySet()) {
      boolean begins =
          candidate.isEmpty() || key.equals(candidate) || key.startsWith(candidate + "/");
      if (begins && (best == null || candidate.length() > best.length())) {
        best = candidate;
      }
    }
    return Optional.ofNullable(best).map(model::get);
  }

  private static String randomPath(Random random) {
    var path = new StringBuilder();
    int segments = random.nextInt(4);
    for (int i = 0; i < segments; i++) {
      path.append('/').append(random.nextInt(8) == 0 ? "" : "abc".charAt(random.nextInt(3)));
    }
    return path.isEmpty() ? "/" : path.toString();
  }

  private String found(String path) {
    return table.find(path).orElseThrow().path();
  }

  private Route add(String path) {
    var data = JsonNodeFactory.instance.objectNode().put("target", "http://127.0.0.1:1");
    var route =
        new Route(
            RoutePath.clean(path),
            Target.parse("http://127.0.0.1:1"),
            data,
            Instant.EPOCH.toEpochMilli());
    table.add(route);
    return route;
  }
}
