package dev.orrery.hub.logins.accounts;

import dev.orrery.http.Bcrypt;
import dev.orrery.http.Passwords;
import dev.orrery.hub.store.Accounts;
import dev.orrery.hub.tokens.TokenHash;

/** How passwords are kept. Takes its time, a few at once; the others wait for their turn. */
interface Hashing {

  String hash(String password);

  boolean matches(String hash, String password);

  /** The most bytes of a password. */
  int mostBytes();

  /** A hash that no password has, as much work to compare with as any. */
  String nobody();

  /** As accounts of that kind have it. */
  static Hashing of(Accounts.Kind kind) {
    return switch (kind) {
      case OWN -> new Argon2();
      case NATIVE -> new OfNative();
    };
  }

  /** That of passwords of notebook servers, too. */
  record Argon2() implements Hashing {
    private static final class NobodyOfOurs {
      private static final String HASH = Passwords.hash(TokenHash.newToken());
    }

    @Override
    public String hash(String password) {
      return Passwords.hash(password);
    }

    @Override
    public boolean matches(String hash, String password) {
      return Passwords.matches(hash, password);
    }

    @Override
    public int mostBytes() {
      return 1_000;
    }

    @Override
    public String nobody() {
      return NobodyOfOurs.HASH;
    }
  }

  /** That of nativeauthenticator. */
  record OfNative() implements Hashing {
    private static final class NobodyOfTheirs {
      private static final String HASH = Bcrypt.hash(TokenHash.newToken());
    }

    @Override
    public String hash(String password) {
      return Bcrypt.hash(password);
    }

    @Override
    public boolean matches(String hash, String password) {
      return Bcrypt.matches(hash, password);
    }

    @Override
    public int mostBytes() {
      return Bcrypt.MOST_BYTES;
    }

    @Override
    public String nobody() {
      return NobodyOfTheirs.HASH;
    }
  }
}
