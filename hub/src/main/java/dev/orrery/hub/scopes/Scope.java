package dev.orrery.hub.scopes;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A permission by its name.
 *
 * @param description a sentence for the page that asks a user for consent
 * @param implies the names of the scopes that come with it
 */
public record Scope(String name, String description, List<String> implies) {

  public Scope {
    requireNonNull(name, "name");
    requireNonNull(description, "description");
    implies = List.copyOf(implies);
  }
}
