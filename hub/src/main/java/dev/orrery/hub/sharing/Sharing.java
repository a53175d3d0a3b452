package dev.orrery.hub.sharing;

import dev.orrery.http.HttpException;
import dev.orrery.http.RawPath;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Share;
import dev.orrery.hub.store.ShareCode;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * How servers are shared: with a person, with a group, or by a code that a person turns into a
 * share. There is one share of a server with each of them, which grows and shrinks. Everything here
 * is part of a transaction of the caller, who has checked who may share that server.
 */
public final class Sharing {

  /** How long a code lasts that was asked for without saying so. */
  public static final Duration USUAL = Duration.ofDays(1);

  /** The shortest time that a code lasts. */
  public static final Duration SHORTEST = Duration.ofMinutes(1);

  /** The longest time that a code lasts. */
  public static final Duration LONGEST = Duration.ofDays(365);

  private final ScopeTable table;
  private final Clock clock;

  /** Understands scopes by {@code table}, and lets codes expire by {@code clock}. */
  public Sharing(ScopeTable table, Clock clock) {
    this.table = table;
    this.clock = clock;
  }

  /** A code at the only time it can be seen. */
  public record Made(ShareCode code, String secret) {}

  /**
   * The scopes that a share of a server is to have, each with the limit to that server.
   *
   * @param asked with that limit or without; none for using the server
   * @throws HttpException 400 for what is no scope, or is limited to something else
   */
  public List<String> scopes(Collection<String> asked, Resource.Server server) {
    List<String> problems = table.problems(asked);
    if (!problems.isEmpty()) {
      throw new HttpException(400, String.join(" ", problems));
    }
    String limit = "!" + server.filter();
    Stream<String> wanted =
        asked.isEmpty() ? Stream.of(StandardScope.ACCESS_SERVERS.scopeName()) : asked.stream();
    var scopes = new TreeSet<String>();
    wanted.forEach(scope -> {
      int mark = scope.indexOf('!');
      if (mark >= 0 && !scope.substring(mark).equals(limit)) {
        throw new HttpException(
            400, scope + " can't be shared: a share is limited to its server, by " + limit);
      }
      scopes.add((mark < 0 ? scope : scope.substring(0, mark)) + limit);
    });
    return List.copyOf(scopes);
  }

  /**
   * Nobody gives what they have not.
   *
   * @param scopes as {@link #scopes} gives them
   * @throws HttpException 403 for a scope that the visitor does not have for that server
   */
  public static void requireHeld(Visitor visitor, List<String> scopes, Resource.Server server) {
    for (String scope : scopes) {
      String name = scope.substring(0, scope.indexOf('!'));
      if (!visitor.scopes().reach(name).covers(server, visitor.groups())) {
        throw new HttpException(403, "Do not have permission to grant share with scope " + scope);
      }
    }
  }

  /**
   * Who may not know that somebody exists must not learn it from a share.
   *
   * @param kind a person or a group
   * @param with their name
   * @throws HttpException 403
   */
  public static void requireNameable(Visitor visitor, Holder kind, String with) {
    boolean user = kind == Holder.USER;
    boolean may =
        user
            ? visitor.may(StandardScope.READ_USERS_NAME, new Resource.User(with))
            : visitor.may(StandardScope.READ_GROUPS_NAME, new Resource.Group(with));
    if (!may) {
      throw new HttpException(
          403,
          user
              ? "Need scope 'read:users:name' to share with users by name"
              : "Need scope 'read:groups:name' to share with groups by name");
    }
  }

  /** Shares a server, or adds to what is shared of it. */
  public Share grant(
      Transaction tx, UserServer server, Holder kind, long with, List<String> scopes) {
    Instant now = clock.instant();
    Optional<Share> known = tx.shares().find(server.id(), kind, with, now);
    if (known.isEmpty()) {
      return tx.shares().create(server, kind, with, scopes, now);
    }
    var all = new TreeSet<>(known.get().scopes());
    return all.addAll(scopes)
        ? tx.shares().setScopes(known.get().id(), List.copyOf(all))
        : known.get();
  }

  /**
   * Takes back what was shared.
   *
   * @param scopes what to take back; nothing for all of it
   * @return what is still shared
   */
  public Optional<Share> revoke(
      Transaction tx, UserServer server, Holder kind, long with, Optional<List<String>> scopes) {
    Optional<Share> known = tx.shares().find(server.id(), kind, with, clock.instant());
    if (known.isEmpty()) {
      return Optional.empty();
    }
    Share share = known.get();
    List<String> left =
        share.scopes().stream()
            .filter(scope -> !scopes.map(gone -> gone.contains(scope)).orElse(true))
            .toList();
    if (left.isEmpty()) {
      tx.shares().delete(share.id());
      return Optional.empty();
    }
    return Optional.of(
        left.size() == share.scopes().size() ? share : tx.shares().setScopes(share.id(), left));
  }

  /** What is shared of a server with a person or a group. */
  public Optional<Share> find(Transaction tx, long server, Holder kind, long with) {
    return tx.shares().find(server, kind, with, clock.instant());
  }

  /** Makes a code. */
  public Made makeCode(Transaction tx, UserServer server, List<String> scopes, Duration lasts) {
    String secret = TokenHash.newCode();
    Instant now = clock.instant();
    ShareCode code =
        tx.shareCodes()
            .create(
                server,
                TokenHash.ofOurs(secret),
                TokenHash.prefix(secret),
                scopes,
                now,
                now.plus(lasts));
    return new Made(code, secret);
  }

  /** Where a person accepts what is shared by a code. */
  public static String acceptPath(String hubPath, String secret) {
    return hubPath + "accept-share?code=" + RawPath.encodeQuery(secret);
  }

  /** The code that somebody shows; nothing when there is none, or it has expired. */
  public Optional<ShareCode> code(Transaction tx, String secret) {
    if (secret.length() < TokenHash.LEAST_CHARACTERS
        || secret.length() > TokenHash.MOST_CHARACTERS) {
      return Optional.empty();
    }
    return tx.shareCodes().byPrefix(TokenHash.prefix(secret), clock.instant()).stream()
        .filter(code -> TokenHash.matches(code.hashed(), secret))
        .findFirst();
  }

  /**
   * Turns a code into a share with a person. It counts also where they had all of it already.
   *
   * @throws HttpException 400 when the server is their own
   */
  public Share exchange(Transaction tx, ShareCode code, User user) {
    if (code.server().ownerId() == user.id()) {
      throw new HttpException(400, "This is a link to your own server; give it to somebody else");
    }
    UserServer server = tx.servers().byId(code.server().id()).orElseThrow();
    Share share = grant(tx, server, Holder.USER, user.id(), code.scopes());
    tx.shareCodes().exchanged(code.id(), clock.instant());
    return share;
  }
}
