package dev.orrery.conformance.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A route, and where a request to it may have been led at any time. */
final class Route {

  /**
   * Where a request may go: while the route is being changed, to what it was and to what it will
   * be.
   *
   * @param none whether there may be no route
   */
  record Leads(Set<Backend> backends, boolean none) {

    static final Leads NOWHERE = new Leads(Set.of(), true);

    static Leads to(Backend backend) {
      return new Leads(Set.of(backend), false);
    }

    Leads or(Leads other) {
      var both = new ArrayList<>(backends);
      both.addAll(other.backends);
      return new Leads(Set.copyOf(both), none || other.none);
    }
  }

  private final String path;
  private final History<Leads> leads = new History<>(Leads.NOWHERE);

  Route(String path) {
    this.path = path;
  }

  String path() {
    return path;
  }

  Leads leads() {
    return leads.current();
  }

  /** It is about to lead elsewhere. */
  void changing(Leads next) {
    leads.now(leads.current().or(next));
  }

  /** From now on it leads there alone. */
  void changed(Leads next) {
    leads.now(next);
  }

  Leads between(long from, long to) {
    List<Leads> all = leads.between(from, to);
    return all.stream().reduce(all.getFirst(), Leads::or);
  }
}
