package dev.orrery.hub.scopes;

import java.util.Locale;

/** A key of the model of a user. */
public enum UserField {
  KIND,
  NAME,
  ADMIN,
  ROLES,
  GROUPS,
  SERVER,
  PENDING,
  CREATED,
  LAST_ACTIVITY,
  AUTH_STATE,
  SERVERS,
  USER_INFO;

  /** The key in JSON. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
