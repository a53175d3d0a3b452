package dev.orrery.kubernetes.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Amounts, in the order of what they come to. */
class QuantityTest {

  @Test
  void amountsOfDifferentUnitsAreCompared() {
    List<String> ascending =
        List.of(
            "1m", "0.5", "1", "1k", "1Ki", "1M", "1Mi", "1000Mi", "1Gi", "1.5Gi", "2G", "1Ti",
            "1Ei");
    assertThat(ascending.stream().map(text -> Quantity.of(text).orElseThrow()).toList()).isSorted();
    assertThat(Quantity.of("1024Mi").orElseThrow().compareTo(Quantity.of("1Gi").orElseThrow()))
        .isZero();
  }

  @Test
  void whatIsNoneIsNone() {
    for (String text :
        List.of("", "Gi", "-1", "1gi", "1 Gi", "1GB", "1e3", ".5", "1.", "9".repeat(16))) {
      assertThat(Quantity.of(text)).as(text).isEmpty();
    }
  }
}
