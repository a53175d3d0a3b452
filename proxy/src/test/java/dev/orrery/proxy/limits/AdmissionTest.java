package dev.orrery.proxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.proxy.limits.Admission.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static Admission admission(int all, int ofClient, int rate) {
    return new Admission(
        new Limits(all, ofClient, rate, 0, 0, 1_024, 0, Duration.ZERO, Duration.ZERO));
  }

  @Test
  void connectionsOfAllAreCounted() {
    var admission = admission(2, 0, 0);
    assertThat(admission.came("a")).isEqualTo(Verdict.WELCOME);
    assertThat(admission.came("")).isEqualTo(Verdict.WELCOME);
    assertThat(admission.came("c")).isEqualTo(Verdict.FULL);
    admission.left("");
    assertThat(admission.came("c")).isEqualTo(Verdict.WELCOME);
    assertThat(admission.connections()).isEqualTo(2);
  }

  @Test
  void connectionsOfOneAddressAreCounted() {
    var admission = admission(0, 2, 0);
    assertThat(admission.came("a")).isEqualTo(Verdict.WELCOME);
    assertThat(admission.came("a")).isEqualTo(Verdict.WELCOME);
    assertThat(admission.came("a")).isEqualTo(Verdict.TOO_MANY_OF_CLIENT);
    assertThat(admission.came("b")).isEqualTo(Verdict.WELCOME);
    admission.left("a");
    assertThat(admission.came("a")).isEqualTo(Verdict.WELCOME);
    assertThat(admission.connections()).isEqualTo(3);
  }

  @Test
  void aUnixSocketIsNoAddress() {
    var admission = admission(0, 1, 1);
    for (int i = 0; i < 10; i++) {
      assertThat(admission.came("")).isEqualTo(Verdict.WELCOME);
      assertThat(admission.mayAsk("")).isTrue();
    }
  }

  @Test
  void aNewConnectionBringsNoNewRequests() {
    var admission = admission(0, 0, 1);
    assertThat(admission.came("a")).isEqualTo(Verdict.WELCOME);
    assertThat(admission.mayAsk("a")).isTrue();
    assertThat(admission.mayAsk("a")).isTrue();
    assertThat(admission.mayAsk("a")).isFalse();
    admission.left("a");
    assertThat(admission.came("a")).isEqualTo(Verdict.WELCOME);
    assertThat(admission.mayAsk("a")).isFalse();
  }

  @Test
  void addressesThatLeftAreForgotten() {
    var admission = admission(0, 5, 0);
    for (int i = 0; i < 5_000; i++) {
      String address = "10.0.0." + i;
      admission.came(address);
      admission.left(address);
    }
    assertThat(admission.addresses()).isZero();
    assertThat(admission.connections()).isZero();
  }

  @Test
  void addressesThatHaveNotRestedAreForgottenLater() {
    var admission = admission(0, 0, 1_000_000);
    for (int i = 0; i < 20_000; i++) {
      String address = "10.0.0." + i;
      admission.came(address);
      admission.mayAsk(address);
      admission.left(address);
    }
    assertThat(admission.addresses()).isLessThan(2_000);
  }
}
