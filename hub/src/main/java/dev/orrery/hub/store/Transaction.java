package dev.orrery.hub.store;

import java.sql.Types;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.AbstractArgumentFactory;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.config.ConfigRegistry;

/**
 * The tables of a hub during one transaction; see {@link Database}. Used by the thread it was given
 * to, and not after the work is over.
 */
public final class Transaction {

  private final Handle handle;
  private final Dialect dialect;

  Transaction(Handle handle, Dialect dialect) {
    this.handle = handle;
    this.dialect = dialect;
  }

  static Jdbi configured(Jdbi jdbi, Dialect dialect) {
    jdbi.registerArgument(new Times(dialect));
    return jdbi;
  }

  /** The people. */
  public Users users() {
    return new Users(handle, dialect);
  }

  public Groups groups() {
    return new Groups(handle);
  }

  public Roles roles() {
    return new Roles(handle);
  }

  public Tokens tokens() {
    return new Tokens(handle, dialect);
  }

  public OAuth oauth() {
    return new OAuth(handle);
  }

  public UserServers servers() {
    return new UserServers(handle, dialect);
  }

  public Services services() {
    return new Services(handle);
  }

  /** Who may use servers of others. */
  public Shares shares() {
    return new Shares(handle, dialect);
  }

  /** Codes that are turned into shares. */
  public ShareCodes shareCodes() {
    return new ShareCodes(handle, dialect);
  }

  /** Accounts with passwords. */
  public Accounts accounts(Accounts.Kind kind) {
    return switch (kind) {
      case OWN -> new OwnAccounts(handle);
      case NATIVE -> new NativeAccounts(handle, dialect);
    };
  }

  /** How often wrong passwords were given for accounts. */
  public FailedLogins failedLogins() {
    return new FailedLogins(handle, dialect);
  }

  /** Links that let somebody in once. */
  public Invitations invitations() {
    return new Invitations(handle);
  }

  private static final class Times extends AbstractArgumentFactory<Instant> {

    private final Dialect dialect;

    Times(Dialect dialect) {
      super(Types.TIMESTAMP);
      this.dialect = dialect;
    }

    @Override
    protected Argument build(Instant time, ConfigRegistry config) {
      return (position, statement, _) -> dialect.bind(statement, position, time);
    }
  }
}
