package dev.orrery.kubernetes.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kubernetes.api.PodEvents.PodEvent;
import dev.orrery.spawner.spi.SpawnListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who waits hears each thing once, and not without end. */
class StartReportTest {

  private final List<String> heard = new ArrayList<>();
  private final StartReport report =
      new StartReport(
          new SpawnListener() {
            @Override
            public void state(Map<String, Object> state) {}

            @Override
            public void progress(int percent, String message, Optional<String> htmlMessage) {
              assertThat(percent).isBetween(0, 90);
              heard.add(message);
            }
          },
          new KubeSettings.Slow("", Duration.ZERO, Duration.ZERO),
          1);

  @Test
  void whatWasSaidIsNotSaidAgain() {
    report.event(new PodEvent("Created", "Created container notebook"));
    report.event(new PodEvent("Created", "Created container notebook"));
    report.event(new PodEvent("Started", "Started container notebook"));
    assertThat(heard).containsExactly("Created container notebook", "Started container notebook");
  }

  @Test
  void podThatIsToldOfWithoutEndIsToldOfUpToABound() {
    for (int i = 0; i < 50_000; i++) {
      report.event(new PodEvent("FailedMount", "attempt " + i));
      report.event(new PodEvent("Pulling", "image \"x:" + i + "\""));
    }
    assertThat(heard).hasSize(StartReport.MOST);
  }

  @Test
  void whatThereWasToSayLastIsKnownThoughItWasSaidBefore() {
    assertThat(report.last()).isEmpty();
    report.event(new PodEvent("FailedMount", "no path"));
    report.event(new PodEvent("Created", "Created container notebook"));
    report.event(new PodEvent("FailedMount", "no path"));
    assertThat(report.last()).contains("Waiting for the volume (no path)");
    assertThat(heard).hasSize(2);
  }
}
