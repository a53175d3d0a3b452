package dev.orrery.hub.users;

import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Clock;

/** How people come, with the roles that everybody has and those of administrators. */
public final class People {

  private final Clock clock;

  /** Dates people by {@code clock}. */
  public People(Clock clock) {
    this.clock = clock;
  }

  /**
   * Adds a person.
   *
   * @param name valid, and not taken
   */
  public User add(Transaction tx, String name, boolean admin) {
    User user = tx.users().create(name, admin, TokenHash.newToken(), clock.instant());
    give(tx, user.id(), RoleDefinition.USER);
    if (admin) {
      give(tx, user.id(), RoleDefinition.ADMIN);
    }
    return user;
  }

  /** Makes a person an administrator, or takes that back. */
  public void setAdmin(Transaction tx, User user, boolean admin) {
    tx.users().setAdmin(user.id(), admin);
    if (admin) {
      give(tx, user.id(), RoleDefinition.ADMIN);
    } else {
      tx.roles()
          .find(RoleDefinition.ADMIN)
          .ifPresent(role -> tx.roles().revoke(Holder.USER, user.id(), role.id()));
    }
  }

  private static void give(Transaction tx, long user, String name) {
    Role role = tx.roles().find(name).orElseThrow();
    tx.roles().grant(Holder.USER, user, role.id(), false);
  }
}
