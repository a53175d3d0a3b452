package dev.orrery.config;

import java.util.HashMap;
import java.util.Map;

/** Tells about files of one name in one directory that contradict each other. */
final class Collisions {

  private final Report report;
  private final Map<String, Layer> earlier = new HashMap<>();

  Collisions(Report report) {
    this.report = report;
  }

  void compare(String group, Layer layer) {
    var before = earlier.computeIfAbsent(group, key -> new Layer());
    layer.forEach((name, raw) ->
        before
            .get(name.section(), name.trait())
            .filter(other -> differ(other, raw))
            .ifPresent(other ->
                report.warn(
                    name
                        + " is set differently at "
                        + other.origin().where()
                        + " and "
                        + raw.origin().where()
                        + ", which counts; remove one of them")));
    before.merge(layer);
  }

  private static boolean differ(Raw one, Raw other) {
    return one instanceof Raw.Plain a
        && other instanceof Raw.Plain b
        && !PlainValues.equal(a.value(), b.value());
  }
}
