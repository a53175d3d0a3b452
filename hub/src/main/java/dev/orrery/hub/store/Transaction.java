package dev.orrery.hub.store;

/**
 * The tables of a hub during one transaction; see {@link Database}. Used by the thread it was given
 * to, and not after the work is over.
 */
public final class Transaction {

  private final Sql sql;

  Transaction(Sql sql) {
    this.sql = sql;
  }

  /** The people. */
  public Users users() {
    return new Users(sql);
  }

  public Groups groups() {
    return new Groups(sql);
  }

  public Roles roles() {
    return new Roles(sql);
  }

  /** What people may do. */
  public Rights rights() {
    return new Rights(sql);
  }

  public Tokens tokens() {
    return new Tokens(sql);
  }

  public OAuth oauth() {
    return new OAuth(sql);
  }

  public UserServers servers() {
    return new UserServers(sql);
  }

  public Services services() {
    return new Services(sql);
  }

  /** Who may use servers of others. */
  public Shares shares() {
    return new Shares(sql);
  }

  /** Codes that are turned into shares. */
  public ShareCodes shareCodes() {
    return new ShareCodes(sql);
  }

  public NamedProxy namedProxy() {
    return new NamedProxy(sql);
  }

  /** Accounts with passwords. */
  public Accounts accounts(Accounts.Kind kind) {
    return switch (kind) {
      case OWN -> new OwnAccounts(sql);
      case NATIVE -> new NativeAccounts(sql);
    };
  }

  /** How often wrong passwords were given for accounts. */
  public FailedLogins failedLogins() {
    return new FailedLogins(sql);
  }

  /** Links that let somebody in once. */
  public Invitations invitations() {
    return new Invitations(sql);
  }
}
