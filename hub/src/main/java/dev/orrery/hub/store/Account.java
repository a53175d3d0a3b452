package dev.orrery.hub.store;

import java.util.Optional;

/**
 * How somebody logs in with a password that the hub keeps.
 *
 * @param password its hash
 * @param approved whether they may log in
 * @param email what they said it is; empty for nothing
 * @param secondFactor the key of their one-time passwords, if they have to give them
 */
public record Account(
    String name, String password, boolean approved, String email, Optional<String> secondFactor) {

  /** One of who has nothing but a password. */
  public Account(String name, String password, boolean approved, String email) {
    this(name, password, approved, email, Optional.empty());
  }

  /** Without what is secret. */
  @Override
  public String toString() {
    return "Account[" + name + (approved ? "" : ", not approved") + "]";
  }
}
