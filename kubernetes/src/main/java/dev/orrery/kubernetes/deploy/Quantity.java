package dev.orrery.kubernetes.deploy;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount as Kubernetes writes it: {@code 512Mi}, {@code 2}, {@code 500m}.
 *
 * @param text as it was written
 * @param value what it comes to
 */
record Quantity(String text, BigDecimal value) implements Comparable<Quantity> {

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?");
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final Map<Character, Integer> POWERS =
      Map.of('k', 1, 'K', 1, 'M', 2, 'G', 3, 'T', 4, 'P', 5, 'E', 6);

  /** The amount, unless the text is none. */
  static Optional<Quantity> of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    var number = new BigDecimal(form.group(1));
    String unit = form.group(2) == null ? "" : form.group(2);
    return Optional.of(new Quantity(text, number.multiply(factor(unit))));
  }

  private static BigDecimal factor(String unit) {
    if (unit.isEmpty()) {
      return BigDecimal.ONE;
    }
    if (unit.equals("m")) {
      return new BigDecimal("0.001");
    }
    int power = POWERS.getOrDefault(unit.charAt(0), 0);
    return unit.endsWith("i") ? KIBI.pow(power) : BigDecimal.TEN.pow(3 * power);
  }

  @Override
  public int compareTo(Quantity other) {
    return value.compareTo(other.value);
  }
}
