package dev.orrery.telemetry;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

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
    return durations(name, help, BUCKETS, labelNames);
  }

  /**
   * The same with limits of its own.
   *
   * @param buckets upper limits in seconds, growing, without the infinite one
   */
  public Durations durations(String name, String help, double[] buckets, String... labelNames) {
    var durations = new Durations(name, help, buckets.clone(), labelNames);
    families.add(durations);
    return durations;
  }

  /** A number that only grows, one for each combination of values of the given labels. */
  public Counter counter(String name, String help, String... labelNames) {
    var counter = new Counter(name, help, labelNames);
    families.add(counter);
    return counter;
  }

  /** How many durations there were and how long they were together; cheaper than a distribution. */
  public Totals totals(String name, String help) {
    var totals = new Totals(name, help);
    families.add(totals);
    return totals;
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

  /** Numbers of one name that differ in the values of their labels. */
  private static final class Labelled<T> {
    private final String name;
    private final String[] labelNames;
    private final Supplier<T> fresh;
    private final Map<List<String>, T> series = new ConcurrentHashMap<>();

    Labelled(String name, String[] labelNames, Supplier<T> fresh) {
      this.name = name;
      this.labelNames = labelNames.clone();
      this.fresh = fresh;
    }

    T of(String... values) {
      if (values.length != labelNames.length) {
        throw new IllegalArgumentException(
            name
                + " has the labels "
                + String.join(", ", labelNames)
                + ", got "
                + values.length
                + " values");
      }
      List<String> key = List.of(values);
      T found = series.get(key);
      if (found != null) {
        return found;
      }
      List<String> bounded = series.size() < MAX_SERIES ? key : overflow();
      return series.computeIfAbsent(bounded, _ -> fresh.get());
    }

    private List<String> overflow() {
      return Collections.nCopies(labelNames.length, "other");
    }

    /** Gives each series with its labels as Prometheus text, a comma after each. */
    void forEach(BiConsumer<String, T> action) {
      series.forEach((values, one) -> action.accept(labels(values), one));
    }

    private String labels(List<String> values) {
      var labels = new StringBuilder();
      for (int i = 0; i < labelNames.length; i++) {
        labels.append(labelNames[i]).append("=\"").append(escape(values.get(i))).append("\",");
      }
      return labels.toString();
    }
  }

  /** What stands behind the name of a number: its labels in braces, if it has any. */
  private static String inBraces(String labels) {
    return labels.isEmpty() ? "" : "{" + labels.substring(0, labels.length() - 1) + "}";
  }

  /** A number that only grows; see {@link Metrics#counter}. */
  public static final class Counter implements Family {
    private final String name;
    private final String help;
    private final Labelled<LongAdder> series;

    private Counter(String name, String help, String[] labelNames) {
      this.name = name;
      this.help = help;
      this.series = new Labelled<>(name, labelNames, LongAdder::new);
      if (labelNames.length == 0) {
        // Without labels there is one series, known from the start: it is shown as 0.
        series.of();
      }
    }

    /**
     * Counts one more.
     *
     * @param labelValues one value per label name
     */
    public void increment(String... labelValues) {
      series.of(labelValues).increment();
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
      return "counter";
    }

    @Override
    public void write(StringBuilder out) {
      series.forEach((labels, count) ->
          out.append(name).append(inBraces(labels)).append(' ').append(count.sum()).append('\n'));
    }
  }

  /** Number and sum of durations; see {@link Metrics#totals}. */
  public static final class Totals implements Family {
    private final String name;
    private final String help;
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();

    private Totals(String name, String help) {
      this.name = name;
      this.help = help;
    }

    /** Counts one duration. */
    public void observeNanos(long duration) {
      count.increment();
      nanos.add(duration);
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
      return "summary";
    }

    @Override
    public void write(StringBuilder out) {
      out.append(name).append("_sum ").append(number(nanos.sum() / 1e9)).append('\n');
      out.append(name).append("_count ").append(count.sum()).append('\n');
    }
  }

  /** A distribution of durations; see {@link Metrics#durations}. */
  public static final class Durations implements Family {
    private final String name;
    private final String help;
    private final Labelled<Series> series;

    private Durations(String name, String help, double[] buckets, String[] labelNames) {
      this.name = name;
      this.help = help;
      this.series = new Labelled<>(name, labelNames, () -> new Series(buckets));
    }

    /**
     * Counts one duration.
     *
     * @param seconds how long it took
     * @param labelValues one value per label name
     */
    public void observe(double seconds, String... labelValues) {
      series.of(labelValues).observe(seconds);
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
      series.forEach((labels, one) -> one.write(out, name, labels));
    }
  }

  private static final class Series {
    private final double[] buckets;
    private final LongAdder[] counts;
    private final DoubleAdder sum = new DoubleAdder();

    Series(double[] buckets) {
      this.buckets = buckets;
      counts = new LongAdder[buckets.length + 1];
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    void observe(double seconds) {
      int bucket = 0;
      while (bucket < buckets.length && seconds > buckets[bucket]) {
        bucket++;
      }
      counts[bucket].increment();
      sum.add(seconds);
    }

    void write(StringBuilder out, String name, String labels) {
      long total = 0;
      for (int i = 0; i < counts.length; i++) {
        total += counts[i].sum();
        String limit = i < buckets.length ? number(buckets[i]) : "+Inf";
        out.append(name)
            .append("_bucket{")
            .append(labels)
            .append("le=\"")
            .append(limit)
            .append("\"} ");
        out.append(total).append('\n');
      }
      String plain = inBraces(labels);
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
