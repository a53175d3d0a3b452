package dev.orrery.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KindsTest {

  private static <T> Optional<T> text(Kind<T> kind, String... texts) {
    return good(kind.fromTexts(List.of(texts), "/home/jo"));
  }

  private static <T> Optional<T> value(Kind<T> kind, @Nullable Object value) {
    return good(kind.fromValue(value));
  }

  private static <T> Optional<T> good(Conversion<T> conversion) {
    return conversion instanceof Conversion.Good<T>(var value)
        ? Optional.of(value)
        : Optional.empty();
  }

  @Test
  void truthValuesAreSpelledAsInTraitlets() {
    var kind = new Kinds.Bool();
    for (String yes : List.of("true", "True", "TRUE", "1")) {
      assertThat(text(kind, yes)).contains(true);
    }
    for (String no : List.of("false", "False", "0")) {
      assertThat(text(kind, no)).contains(false);
    }
    for (String other : List.of("yes", "no", "on", "", "2", " true")) {
      assertThat(text(kind, other)).isEmpty();
    }
    assertThat(value(kind, 1L)).isEmpty();
    assertThat(value(kind, "true")).isEmpty();
    assertThat(value(kind, null)).isEmpty();
  }

  @Test
  void wholeNumbersAreReadAsPythonReadsThem() {
    var kind = new Kinds.Int();
    assertThat(text(kind, " +1_000 ")).contains(1000);
    assertThat(text(kind, "007")).contains(7);
    assertThat(text(kind, "1.0")).isEmpty();
    assertThat(text(kind, "0x10")).isEmpty();
    assertThat(text(kind, "")).isEmpty();
    assertThat(text(kind, "2147483648")).isEmpty();
    assertThat(value(kind, 4e6)).contains(4_000_000);
    assertThat(value(kind, 1.5)).isEmpty();
    assertThat(value(kind, Double.NaN)).isEmpty();
    assertThat(value(kind, true)).contains(1);
    assertThat(value(kind, "1")).isEmpty();
    assertThat(value(new Kinds.LongInt(), BigInteger.TWO.pow(63))).isEmpty();
    assertThat(text(new Kinds.LongInt(), "9223372036854775807")).contains(Long.MAX_VALUE);
  }

  @Test
  void realNumbersAreReadAsPythonReadsThem() {
    var kind = new Kinds.Real();
    assertThat(text(kind, "1")).contains(1.0);
    assertThat(text(kind, "-1_0.5e-1")).contains(-1.05);
    assertThat(text(kind, ".5")).contains(0.5);
    assertThat(text(kind, "inf")).contains(Double.POSITIVE_INFINITY);
    assertThat(text(kind, "1d")).isEmpty();
    assertThat(text(kind, "0x1p3")).isEmpty();
    assertThat(text(kind, ".")).isEmpty();
    assertThat(value(kind, 3L)).contains(3.0);
    assertThat(value(kind, "3")).isEmpty();
  }

  @Test
  void textLosesOldQuotesAndGainsTheHomeDirectory() {
    var kind = new Kinds.Text();
    assertThat(text(kind, "~/x")).contains("/home/jo/x");
    assertThat(text(kind, "~x")).contains("~x");
    assertThat(text(kind, "'a'")).contains("a");
    assertThat(text(kind, "\"'a'\"")).contains("a");
    assertThat(text(kind, "'")).contains("'");
    assertThat(value(kind, "~/'x'")).contains("~/'x'");
    assertThat(value(kind, new byte[] {'a'})).contains("a");
    assertThat(value(kind, new byte[] {(byte) 200})).isEmpty();
    assertThat(value(kind, 1L)).isEmpty();
  }

  @Test
  void bytesComeFromTextAndFromOldLiterals() {
    var kind = new Kinds.Bytes();
    assertThat(text(kind, "aé")).hasValueSatisfying(bytes -> assertThat(bytes).hasSize(3));
    assertThat(text(kind, "b'x'"))
        .hasValueSatisfying(bytes -> assertThat(bytes).containsExactly('x'));
  }

  @Test
  void listsAndDictionariesRefuseOtherShapes() {
    assertThat(value(new Containers.Texts(), List.of("a", 1L))).isEmpty();
    assertThat(value(new Containers.Texts(), "a")).contains(List.of("a"));
    assertThat(value(new Containers.Texts(), 1L)).isEmpty();
    assertThat(text(new Containers.Texts(), "['a'")).contains(List.of("['a'"));
    assertThat(text(new Containers.Texts(), "[a]")).isEmpty();
    assertThat(text(new Containers.Texts(), "('a', 'b')")).contains(List.of("a", "b"));
    assertThat(text(new Containers.Dict(), "a")).isEmpty();
    assertThat(text(new Containers.Dict(), "{1}")).isEmpty();
    assertThat(value(new Containers.Dict(), List.of())).isEmpty();
  }

  @Test
  void dictionariesCannotBeChangedAtAnyDepth() {
    Map<String, Object> inner = new HashMap<>(Map.of("k", new ArrayList<>(List.of(1L))));
    var value = value(new Containers.Dict(), new HashMap<>(Map.of("a", inner))).orElseThrow();
    inner.put("later", 1L);
    assertThat(value).isEqualTo(Map.of("a", Map.of("k", List.of(1L))));
  }

  @Test
  void choicesTakeNumbersByTheirDecimalForm() {
    var kind = new Kinds.Choice(List.of("10", "DEBUG"));
    assertThat(value(kind, 10L)).contains("10");
    assertThat(text(kind, "DEBUG")).contains("DEBUG");
    assertThat(text(kind, "debug")).isEmpty();
    assertThat(value(kind, null)).isEmpty();
  }

  @Test
  void noneIsTakenByNullableKindsOnly() {
    assertThat(value(new Kinds.OrNone<>(new Kinds.Int()), null)).contains(Optional.empty());
    assertThat(text(new Kinds.OrNone<>(new Kinds.Int()), "None")).contains(Optional.empty());
    assertThat(text(new Kinds.OrNone<>(new Kinds.Int()), "5")).contains(Optional.of(5));
    assertThat(value(new Kinds.Int(), null)).isEmpty();
  }
}
