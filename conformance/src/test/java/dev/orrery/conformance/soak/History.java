package dev.orrery.conformance.soak;

import java.util.ArrayList;
import java.util.List;

/** What something was, and since when, for whoever has to judge later what it was. Thread-safe. */
final class History<S> {

  private record Change<S>(long time, S state) {}

  private final List<Change<S>> changes = new ArrayList<>();

  History(S first) {
    changes.add(new Change<>(System.nanoTime(), first));
  }

  synchronized void now(S state) {
    changes.add(new Change<>(System.nanoTime(), state));
  }

  synchronized S current() {
    return changes.getLast().state();
  }

  /** All that it was at any time between the two, in order. */
  synchronized List<S> between(long from, long to) {
    int first = changes.size() - 1;
    while (first > 0 && changes.get(first).time() - from > 0) {
      first--;
    }
    var states = new ArrayList<S>();
    for (int i = first;
        i < changes.size() && (i == first || changes.get(i).time() - to <= 0);
        i++) {
      states.add(changes.get(i).state());
    }
    return states;
  }
}
