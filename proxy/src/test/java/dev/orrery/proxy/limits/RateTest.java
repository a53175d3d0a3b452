package dev.orrery.proxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RateTest {

  private static final long SECOND = 1_000_000_000L;

  /** Near the end of what a clock of nanoseconds counts, where it runs over. */
  private static final long START = Long.MAX_VALUE - SECOND;

  private static int takenAtOnce(Rate rate, long now) {
    int taken = 0;
    while (rate.take(now)) {
      taken++;
    }
    return taken;
  }

  @Test
  void twoSecondsComeAtOnceAndThenOneByOne() {
    var rate = new Rate(10, START);
    assertThat(rate.isRested(START)).isTrue();
    assertThat(takenAtOnce(rate, START)).isEqualTo(20);
    assertThat(rate.isRested(START)).isFalse();
    assertThat(rate.take(START + SECOND / 10 - 1)).isFalse();
    assertThat(rate.take(START + SECOND / 10)).isTrue();
    assertThat(takenAtOnce(rate, START + SECOND / 10)).isZero();
    assertThat(takenAtOnce(rate, START + SECOND + SECOND / 10)).isEqualTo(10);
  }

  @Test
  void restIsNotSavedUp() {
    long later = START;
    var rate = new Rate(5, START);
    later += 1_000 * SECOND;
    assertThat(takenAtOnce(rate, later)).isEqualTo(10);
  }

  @Test
  void noStretchOfTimeHasMoreThanItsShareAndTheBurst() {
    var random = new SplittableRandom(7);
    var rate = new Rate(50, START);
    long now = START;
    int taken = 0;
    for (int i = 0; i < 20_000; i++) {
      now += random.nextLong(SECOND / 100);
      if (rate.take(now)) {
        taken++;
      }
    }
    double seconds = (now - START) / (double) SECOND;
    assertThat((double) taken).isBetween(50 * seconds - 100, 50 * seconds + 100);
  }
}
