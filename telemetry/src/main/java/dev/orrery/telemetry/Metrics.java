package dev.orrery.telemetry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/**
 * The numbers one process publishes, written as Prometheus text (format 0.0.4). Thread-safe. Small
 * on purpose: a metrics library costs a notebook server more start-up than all of its other parts
 * of this kind.
 */
public final class Metrics {

  /**
   * Upper limits, in seconds, of the buckets of a duration: what Prometheus' own client libraries
   * use.
   */
  private static final double[] BUCKETS = {
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
  };

  /**
   * Label values come from outside in part; beyond this many series of one name, new ones are
   * folded together.
   */
  private static final int MAX_SERIES = 1_000;

  private final List<Family> families = new CopyOnWriteArrayList<>();

  /**
   * A number read when the page is asked for. {@code labels} is Prometheus text such as {@code
   * type="python3"}.
   */
  public void gauge(String name, String help, String labels, DoubleSupplier value) {
    families.add(new Gauge(name, help, labels, value));
  }

  /** A distribution of durations with the given label names. */
  public Durations durations(String name, String help, String... labelNames) {
    var durations = new Durations(name, help, labelNames);
    families.add(durations);
    return durations;
  }

  /** All numbers as Prometheus text. */
  public String text() {
    var out = new StringBuilder(4096);
    String previous = "";
    for (Family family : families) {
      if (!family.name().equals(previous)) {
        out.append("# HELP ").append(family.name()).append(' ').append(family.help()).append('\n');
        out.append("# TYPE ").append(family.name()).append(' ').append(family.type()).append('\n');
      }
      previous = family.name();
      family.write(out);
    }
    return out.toString();
  }

  private sealed interface Family {
    String name();

    String help();

    String type();

    void write(StringBuilder out);
  }

  private record Gauge(String name, String help, String labels, DoubleSupplier value)
      implements Family {
    @Override
    public String type() {
      return "gauge";
    }

    @Override
    public void write(StringBuilder out) {
      out.append(name);
      if (!labels.isEmpty()) {
        out.append('{').append(labels).append('}');
      }
      out.append(' ').append(number(value.getAsDouble())).append('\n');
    }
  }

  /** A distribution of durations; see {@link Metrics#durations}. */
  public static final class Durations implements Family {
    private final String name;
    private final String help;
    private final String[] labelNames;
    private final Map<List<String>, Series> series = new ConcurrentHashMap<>();

    private Durations(String name, String help, String[] labelNames) {
      this.name = name;
      this.help = help;
      this.labelNames = labelNames.clone();
    }

    /**
     * Counts one duration.
     *
     * @param seconds how long it took
     * @param labelValues one value per label name
     */
    public void observe(double seconds, String... labelValues) {
      if (labelValues.length != labelNames.length) {
        throw new IllegalArgumentException(
            name
                + " has the labels "
                + String.join(", ", labelNames)
                + ", got "
                + labelValues.length
                + " values");
      }
      List<String> key = List.of(labelValues);
      Series found = series.get(key);
      if (found == null) {
        List<String> bounded = series.size() < MAX_SERIES ? key : overflow();
        found = series.computeIfAbsent(bounded, _ -> new Series());
      }
      found.observe(seconds);
    }

    private List<String> overflow() {
      var other = new ArrayList<String>();
      for (int i = 0; i < labelNames.length; i++) {
        other.add("other");
      }
      return List.copyOf(other);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String help() {
      return help;
    }

    @Override
    public String type() {
      return "histogram";
    }

    @Override
    public void write(StringBuilder out) {
      series.forEach((values, one) -> one.write(out, name, labels(values)));
    }

    private String labels(List<String> values) {
      var labels = new StringBuilder();
      for (int i = 0; i < labelNames.length; i++) {
        labels.append(labelNames[i]).append("=\"").append(escape(values.get(i))).append("\",");
      }
      return labels.toString();
    }
  }

  private static final class Series {
    private final LongAdder[] counts = new LongAdder[BUCKETS.length + 1];
    private final DoubleAdder sum = new DoubleAdder();

    Series() {
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void observe(double seconds) {
      int bucket = 0;
      while (bucket < BUCKETS.length && seconds > BUCKETS[bucket]) {
        bucket++;
      }
      counts[bucket].increment();
      sum.add(seconds);
    }

    void write(StringBuilder out, String name, String labels) {
      long total = 0;
      for (int i = 0; i < counts.length; i++) {
        total += counts[i].sum();
        String limit = i < BUCKETS.length ? number(BUCKETS[i]) : "+Inf";
        out.append(name)
            .append("_bucket{")
            .append(labels)
            .append("le=\"")
            .append(limit)
            .append("\"} ");
        out.append(total).append('\n');
      }
      String plain = labels.isEmpty() ? "" : "{" + labels.substring(0, labels.length() - 1) + "}";
      out.append(name)
          .append("_sum")
          .append(plain)
          .append(' ')
          .append(number(sum.sum()))
          .append('\n');
      out.append(name).append("_count").append(plain).append(' ').append(total).append('\n');
    }
  }

  /** Escapes a label value. */
  public static String escape(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%.1f", value)
        : Double.toString(value);
  }
}
