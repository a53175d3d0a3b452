package dev.orrery.hub.scopes;

import java.util.Locale;

/** A key of the model of a group. */
public enum GroupField {
  KIND,
  NAME,
  ROLES,
  USERS,
  PROPERTIES;

  /** The key in JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
