package dev.orrery.hub.users;

import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Clock;
import java.util.Optional;

/** How people come, with the roles that everybody has and those of administrators, and go. */
public final class People {

  private final Clock clock;
  private final Optional<Accounts.Kind> accounts;

  /** Dates people by {@code clock}; they have no accounts here. */
  public People(Clock clock) {
    this(clock, Optional.empty());
  }

  /** The same for people who have accounts of that kind. */
  public People(Clock clock, Optional<Accounts.Kind> accounts) {
    this.clock = clock;
    this.accounts = accounts;
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

  /** Calls a person otherwise; their account stays theirs. */
  public void rename(Transaction tx, User user, String name) {
    tx.invitations().deleteFor(user.name());
    tx.users().rename(user.id(), name);
    accounts.ifPresent(kind -> tx.accounts(kind).rename(user.name(), name));
  }

  /** Takes a person away, with their account, so that a next one of that name is somebody new. */
  public void delete(Transaction tx, User user) {
    accounts.ifPresent(kind -> tx.accounts(kind).delete(user.name()));
    tx.failedLogins().forget(user.name());
    tx.invitations().deleteFor(user.name());
    tx.users().delete(user.id());
  }
}
