package dev.orrery.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MetricsTest {

  private final Metrics metrics = new Metrics();

  @Test
  void gaugeIsReadWhenAsked() {
    int[] value = {1};
    metrics.gauge("kernels", "Running kernels", "type=\"python3\"", () -> value[0]);
    value[0] = 3;
    assertThat(metrics.text())
        .isEqualTo(
            "# HELP kernels Running kernels\n# TYPE kernels gauge\nkernels{type=\"python3\"} 3.0\n");
  }

  @Test
  void durationFallsIntoCumulativeBuckets() {
    var durations = metrics.durations("request_seconds", "Time", "method");
    durations.observe(0.02, "GET");
    durations.observe(20, "GET");
    assertThat(metrics.text())
        .contains("request_seconds_bucket{method=\"GET\",le=\"0.01\"} 0\n")
        .contains("request_seconds_bucket{method=\"GET\",le=\"0.025\"} 1\n")
        .contains("request_seconds_bucket{method=\"GET\",le=\"+Inf\"} 2\n")
        .contains("request_seconds_sum{method=\"GET\"} 20.02\n")
        .contains("request_seconds_count{method=\"GET\"} 2\n");
  }

  @Test
  void countersGrowByLabel() {
    var requests = metrics.counter("requests", "Requests", "status");
    requests.increment("200");
    requests.increment("200");
    requests.increment("404");
    assertThat(metrics.text())
        .startsWith("# HELP requests Requests\n# TYPE requests counter\n")
        .contains("requests{status=\"200\"} 2\n")
        .contains("requests{status=\"404\"} 1\n");
  }

  @Test
  void counterWithoutLabelsIsShownBeforeItCounts() {
    metrics.counter("requests", "Requests");
    assertThat(metrics.text()).endsWith("requests 0\n");
  }

  @Test
  void totalsAreASummaryWithoutQuantiles() {
    var search = metrics.totals("search", "Time");
    search.observeNanos(1_500_000_000);
    search.observeNanos(1_000_000_000);
    assertThat(metrics.text())
        .isEqualTo("# HELP search Time\n# TYPE search summary\nsearch_sum 2.5\nsearch_count 2\n");
  }

  @Test
  void seriesAreBounded() {
    var durations = metrics.durations("d", "Time", "path");
    for (int i = 0; i < 2_000; i++) {
      durations.observe(1, "/" + i);
    }
    assertThat(metrics.text().lines().filter(line -> line.startsWith("d_count")))
        .hasSizeLessThanOrEqualTo(1_001);
    assertThat(metrics.text()).contains("d_count{path=\"other\"} 1000\n");
  }

  @Test
  void wrongNumberOfLabelsIsRefused() {
    var durations = metrics.durations("d", "Time", "path");
    assertThatThrownBy(() -> durations.observe(1, "a", "b"))
        .hasMessageContaining("has the labels path");
  }
}
