package dev.orrery.hub.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Accounts with passwords, by the names of their people, wherever they are kept. */
public sealed interface Accounts permits OwnAccounts, NativeAccounts {

  /** Where accounts are kept. */
  enum Kind {
    /** In a table of this hub. */
    OWN,
    /** In that of nativeauthenticator, which both hubs read and write. */
    NATIVE
  }

  /** Makes what they are kept in, where that is missing. */
  void prepare();

  /** The account of that name. */
  Optional<Account> find(String name);

  /** Adds an account; there is none of that name. */
  void add(Account account, Instant now);

  /** Gives an account another password. */
  void setPassword(String name, String hash, Instant now);

  /** Lets the account be used. */
  void approve(String name);

  /** Removes an account, if there is one. */
  void delete(String name);

  /** Notes that somebody is called otherwise now. */
  void rename(String before, String now);

  /** Whether there are any. */
  boolean areUsed();

  /** How many are not approved. */
  long countWaiting();

  /** One page of those, in the order in which they came. */
  List<Account> waiting(int offset, int limit);
}
