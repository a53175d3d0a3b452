package dev.orrery.kubernetes.pods;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.orrery.kubernetes.api.ApiAddress;
import dev.orrery.kubernetes.api.ApiDouble;
import dev.orrery.kubernetes.api.ApiServer;
import dev.orrery.kubernetes.api.ClusterSearch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is the matter with claims, and that nothing is said of those with which nothing is. */
class ClaimsTest {

  private static final Map<String, Object> POD =
      Map.of(
          "spec",
          Map.of(
              "volumes",
              List.of(
                  Map.of("name", "tmp", "emptyDir", Map.of()),
                  Map.of("name", "home", "persistentVolumeClaim", Map.of("claimName", "ada")))));

  private final List<String> requests = new CopyOnWriteArrayList<>();
  private String claim = "";
  private String[] events = {};
  private ApiDouble http;
  private ApiServer api;

  @BeforeEach
  void up(@TempDir Path folder) throws IOException {
    http = new ApiDouble(this::answer);
    api =
        ClusterSearch.open(
            new ApiAddress(http.url(), "", Optional.empty()),
            Map.of(),
            folder,
            Duration.ofSeconds(20));
  }

  @AfterEach
  void down() {
    api.close();
    http.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    requests.add(uri);
    if (uri.startsWith("/api/v1/namespaces/ns/events?")) {
      ApiDouble.send(exchange, 200, ApiDouble.list("10", events));
    } else if (claim.matches("[0-9]+")) {
      ApiDouble.refuse(exchange, Integer.parseInt(claim), "as asked");
    } else {
      ApiDouble.send(exchange, 200, claim);
    }
  }

  private Claims claims() {
    return Claims.of(api, "ns", POD);
  }

  private static String claim(String more, String phase) {
    return """
    {"metadata":{"name":"ada","namespace":"ns","uid":"u-1"%s},"status":{"phase":"%s"}}\
    """
        .formatted(more, phase);
  }

  private static String event(String type, String message) {
    return "{\"type\":\"%s\",\"message\":\"%s\"}".formatted(type, message);
  }

  @Test
  void claimThatIsBeingDeletedIsNamed() throws Exception {
    claim = claim(",\"deletionTimestamp\":\"2026-01-31T09:00:00Z\"", "Bound");
    assertThat(claims().ending())
        .hasValueSatisfying(words -> assertThat(words).contains("ns/ada", "Start again"));
    assertThat(requests).containsExactly("/api/v1/namespaces/ns/persistentvolumeclaims/ada");
  }

  @Test
  void claimThatStaysOrIsNotSeenIsNoReasonToFail() throws Exception {
    for (String answer : List.of(claim("", "Bound"), "404", "403")) {
      claim = answer;
      assertThat(claims().ending()).as(answer).isEmpty();
      assertThat(claims().unbound()).as(answer).isEmpty();
    }
  }

  @Test
  void ofAClaimWithoutAVolumeTheLastWarningIsTold() throws Exception {
    claim = claim("", "Pending");
    events =
        new String[] {
          event("Warning", "at first"), event("Warning", "no class"), event("Normal", "waiting")
        };
    assertThat(claims().unbound()).contains("The claim ns/ada has no volume: no class");
    assertThat(requests.getLast()).contains("involvedObject.uid%3Du-1", "limit=50");
    events = new String[] {event("Normal", "waiting")};
    assertThat(claims().unbound()).contains("The claim ns/ada has no volume: waiting");
    events = new String[] {};
    assertThat(claims().unbound()).contains("The claim ns/ada has no volume");
  }

  @Test
  void ofAPodWithoutClaimsNothingIsAsked() throws Exception {
    var none = Claims.of(api, "ns", Map.of("spec", Map.of("containers", List.of())));
    assertThat(none.ending()).isEmpty();
    assertThat(none.unbound()).isEmpty();
    assertThat(requests).isEmpty();
  }
}
