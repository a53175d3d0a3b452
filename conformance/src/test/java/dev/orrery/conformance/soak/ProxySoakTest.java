package dev.orrery.conformance.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.orrery.conformance.RunningProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code orrery proxy} for a minute or for ten under clients that come, go, stall and vanish, and
 * backends that die and come back: no request is lost that could be served, and neither memory nor
 * descriptors grow. {@code -Dorrery.soak.seconds} says for how long, {@code -Dorrery.soak.seed}
 * repeats the choices of a run.
 */
@Tag("soak")
class ProxySoakTest {

  /** Below this, not all that is to happen does. */
  private static final int LEAST = 30;

  /** Every buffer is watched; one that is forgotten is told in the log. */
  private static final String WATCHED =
      "-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=1";

  /** Milliseconds that nothing takes, so that each request has limits on its time. */
  private static final int LONG = 120_000;

  private static final Path LOG = Path.of("target", "soak-proxy.log");

  @Test
  @Timeout(value = 14, unit = TimeUnit.MINUTES)
  void nothingIsLostAndNothingGrows() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/fd")), "platform: descriptors are read in /proc");
    int seconds = Integer.getInteger("orrery.soak.seconds", 60);
    assertThat(seconds).as("orrery.soak.seconds").isGreaterThanOrEqualTo(LEAST);
    long seed = Long.getLong("orrery.soak.seed", new Random().nextInt(1_000_000));
    try (var proxy =
        RunningProxy.withJavaOptions(
            WATCHED + " " + Readings.JAVA_OPTION,
            "--api-port=0",
            "--metrics-ip=127.0.0.1",
            "--metrics-port=0",
            "--timeout=" + LONG,
            "--proxy-timeout=" + LONG,
            "--access-log=access.log")) {
      var soak = new Soak(proxy, seed);
      try {
        soak.run(Duration.ofSeconds(seconds));
      } finally {
        Files.writeString(LOG, proxy.output());
      }
      assertThat(soak.faults())
          .as("seed %d, log of the proxy in %s\n%s", seed, LOG.toAbsolutePath(), soak.summary())
          .isEmpty();
    }
  }
}
