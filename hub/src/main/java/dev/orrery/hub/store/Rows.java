package dev.orrery.hub.store;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The answer to a query, asked for by each of these methods. */
final class Rows<T> {

  private final Supplier<List<T>> asked;

  Rows(Supplier<List<T>> asked) {
    this.asked = asked;
  }

  List<T> list() {
    return asked.get();
  }

  Set<T> set() {
    return new HashSet<>(list());
  }

  void forEach(Consumer<T> consumer) {
    list().forEach(consumer);
  }

  /** The first row. */
  Optional<T> findFirst() {
    List<T> rows = list();
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  /** The row, where there is never more than one. */
  Optional<T> findOne() {
    List<T> rows = list();
    if (rows.size() > 1) {
      throw new IllegalStateException(rows.size() + " rows in place of one");
    }
    return rows.isEmpty() ? Optional.empty() : Optional.of(rows.getFirst());
  }

  /** The row that there always is. */
  T one() {
    return findOne().orElseThrow(() -> new IllegalStateException("no row in place of one"));
  }
}
