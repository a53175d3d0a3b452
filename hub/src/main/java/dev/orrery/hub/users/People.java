package dev.orrery.hub.users;

import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

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

  /**
   * Makes the roles that every hub has, and gives them to those who lack them: a database may come
   * from elsewhere.
   */
  public static void prepare(Transaction tx, List<RoleDefinition> roles) {
    for (RoleDefinition role : roles) {
      Optional<Role> kept = tx.roles().find(role.name());
      boolean same =
          kept.isPresent()
              && kept.get().scopes().equals(role.scopes())
              && role.description().map(kept.get().description()::equals).orElse(true);
      if (!same) {
        tx.roles().put(role.name(), role.description().orElse(""), role.scopes(), false);
      }
    }
    tx.users().giveMissingRoles(RoleDefinition.USER, RoleDefinition.ADMIN);
  }
}
