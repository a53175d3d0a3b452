package dev.orrery.hub.scopes;

import java.util.Locale;

/** A key of the model of a service. */
public enum ServiceField {
  KIND,
  NAME,
  ROLES,
  ADMIN,
  URL,
  PREFIX,
  COMMAND,
  PID,
  INFO,
  DISPLAY;

  /** The key in JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
