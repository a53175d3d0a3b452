package dev.orrery.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.api.ListAssert;
import org.assertj.core.api.OptionalAssert;
import org.junit.jupiter.api.Test;

/** What holds of every kind of database. */
abstract class StoreContract {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456Z");
  private static final Instant LATER = NOW.plusSeconds(90);

  /** A database with the tables of a hub and nothing in them; open until the class is done. */
  abstract Database database();

  private <T> OptionalAssert<T> thatOptional(Function<Transaction, Optional<T>> work) {
    return assertThat(database().read(work));
  }

  private <T> ListAssert<T> thatList(Function<Transaction, List<T>> work) {
    return assertThat(database().read(work));
  }

  private long number(Function<Transaction, Long> work) {
    return database().read(work);
  }

  private Map<Long, Long> counts(Function<Transaction, Map<Long, Long>> work) {
    return database().read(work);
  }

  private static final AtomicInteger NAMES = new AtomicInteger();

  private static String fresh(String prefix) {
    return prefix + NAMES.incrementAndGet();
  }

  private User user(String name) {
    return database().write(tx -> tx.users().create(name, false, "cookie-" + name, NOW));
  }

  @Test
  void aPersonIsFoundAsTheyWereMade() {
    String name = fresh("ann");
    User made = user(name);
    thatOptional(tx -> tx.users().find(name)).contains(made);
    thatOptional(tx -> tx.users().byCookieId("cookie-" + name)).contains(made);
    assertThat(made.created()).contains(NOW);
    assertThat(made.lastActivity()).isEmpty();
    thatOptional(tx -> tx.users().find("nobody")).isEmpty();
  }

  @Test
  void aNameIsTakenOnce() {
    String name = fresh("twin");
    user(name);
    assertThatThrownBy(
            () -> database().write(tx -> tx.users().create(name, false, fresh("cookie"), NOW)))
        .isInstanceOf(DatabaseException.class);
    assertThat(user(fresh("other")).name()).as("the next transaction works").isNotEmpty();
  }

  @Test
  void workThatFailsChangesNothing() {
    String name = fresh("half");
    assertThatThrownBy(() ->
            database()
                .change(tx -> {
                  tx.users().create(name, false, name, NOW);
                  throw new IllegalArgumentException("no");
                }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no");
    thatOptional(tx -> tx.users().find(name)).isEmpty();
  }

  @Test
  void aTransactionInsideATransactionIsRefusedOrWaitsForNothing() {
    String name = fresh("nested");
    user(name);
    // Both are fine: a refusal, or an answer. A wait for itself is not.
    Callable<Optional<User>> nested =
        () -> database().read(_ -> database().read(tx -> tx.users().find(name)));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answer = threads.submit(nested);
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> {
            try {
              answer.get();
            } catch (ExecutionException e) {
              assertThat(e).hasCauseInstanceOf(IllegalStateException.class);
            }
          });
    }
  }

  @Test
  void laterActivityCountsAndEarlierDoesNot() {
    User user = user(fresh("active"));
    database().change(tx -> tx.users().seen(user.id(), LATER));
    database().change(tx -> tx.users().seen(user.id(), NOW));
    assertThat(database().read(tx -> tx.users().byId(user.id())).orElseThrow().lastActivity())
        .contains(LATER);
  }

  @Test
  void authStateIsKeptByteForByte() {
    User user = user(fresh("state"));
    byte[] state = {0, 1, -1, 127, -128};
    database().change(tx -> tx.users().setAuthState(user.id(), Optional.of(state)));
    assertThat(database().read(tx -> tx.users().authState(user.id())).orElseThrow())
        .isEqualTo(state);
    database().change(tx -> tx.users().setAuthState(user.id(), Optional.empty()));
    thatOptional(tx -> tx.users().authState(user.id())).isEmpty();
  }

  @Test
  void pagesTogetherAreEverybodyOnceAndSortWhoWasNeverSeenLast() {
    String part = fresh("page") + "x";
    for (int i = 0; i < 7; i++) {
      User user = user(part + "-" + i);
      if (i % 2 == 0) {
        Instant seen = NOW.plusSeconds(i);
        database().change(tx -> tx.users().seen(user.id(), seen));
      }
    }
    var names = new ArrayList<String>();
    for (int offset = 0; offset < 9; offset += 3) {
      var query =
          new UserQuery(
              UserQuery.State.ANY,
              part.toUpperCase(Locale.ROOT),
              Optional.empty(),
              UserQuery.Order.LAST_ACTIVITY,
              true,
              offset,
              3);
      database().read(tx -> tx.users().page(query)).forEach(user -> names.add(user.name()));
      assertThat((long) database().read(tx -> tx.users().count(query))).isEqualTo(7);
    }
    assertThat(names)
        .containsExactly(
            part + "-6",
            part + "-4",
            part + "-2",
            part + "-0",
            part + "-5",
            part + "-3",
            part + "-1");
  }

  @Test
  void signsOfPatternsInASearchAreOnlySigns() {
    String part = fresh("sign");
    user(part + "_100%!");
    user(part + "a100b");
    assertThat(search(part + "_100%!")).containsExactly(part + "_100%!");
    assertThat(search("' OR 1=1 --")).isEmpty();
  }

  private List<String> search(String text) {
    var query =
        new UserQuery(
            UserQuery.State.ANY, text, Optional.empty(), UserQuery.Order.ID, false, 0, 50);
    return database().read(tx -> tx.users().page(query)).stream().map(User::name).toList();
  }

  @Test
  void onlyThoseAreListedWhomTheAskerMaySee() {
    String group = fresh("group");
    User in = user(fresh("in"));
    User named = user(fresh("named"));
    user(fresh("out"));
    database()
        .change(tx -> {
          Group made = tx.groups().create(group, "{}");
          tx.groups().add(made.id(), in.id());
          tx.groups().add(made.id(), in.id());
        });
    assertThat(among(Set.of(named.name()), Set.of(group)))
        .containsExactlyInAnyOrder(in.name(), named.name());
    assertThat(among(Set.of(), Set.of())).isEmpty();
    assertThat(groups(in, named)).isEqualTo(Map.of(in.id(), List.of(group)));
  }

  private Map<Long, List<String>> groups(User... users) {
    List<Long> ids = Stream.of(users).map(User::id).toList();
    return database().read(tx -> tx.users().groups(ids));
  }

  private List<String> among(Set<String> users, Set<String> groups) {
    var query =
        new UserQuery(
            UserQuery.State.ANY,
            "",
            Optional.of(new UserQuery.Among(users, groups)),
            UserQuery.Order.ID,
            false,
            0,
            50);
    return database().read(tx -> tx.users().page(query)).stream().map(User::name).toList();
  }

  @Test
  void rolesAndWhoHasThemAreFoundPageByPage() {
    String prefix = fresh("paged_%");
    Role first = database().write(tx -> tx.roles().put(prefix + "a", "", List.of("self"), false));
    Role second = database().write(tx -> tx.roles().put(prefix + "B", "", List.of(), false));
    List<User> users = List.of(user(prefix + "z"), user(prefix + "Y"), user(fresh("other")));
    Group group = database().write(tx -> tx.groups().create(prefix + "g", "{}"));
    database()
        .change(tx -> {
          users.forEach(user -> tx.roles().grant(Holder.USER, user.id(), first.id(), false));
          tx.roles().grant(Holder.GROUP, group.id(), first.id(), false);
          tx.roles().grant(Holder.GROUP, group.id(), second.id(), false);
        });
    assertThat(number(tx -> tx.roles().count(prefix))).isEqualTo(2);
    assertThat(number(tx -> tx.roles().count("no" + prefix))).isZero();
    assertThat(number(tx -> tx.roles().count("")))
        .isEqualTo(number(tx -> (long) tx.roles().all().size()));
    thatList(tx -> tx.roles().page(prefix.toUpperCase(Locale.ROOT), 0, 9))
        .containsExactlyInAnyOrder(first, second);
    thatList(tx -> tx.roles().page(prefix, 1, 9)).hasSize(1);
    thatList(tx -> tx.roles().page(prefix, 2, 9)).isEmpty();

    List<Long> both = List.of(first.id(), second.id());
    assertThat(counts(tx -> tx.roles().sizes(Holder.USER, both))).isEqualTo(Map.of(first.id(), 3L));
    assertThat(counts(tx -> tx.roles().sizes(Holder.GROUP, both)))
        .isEqualTo(Map.of(first.id(), 1L, second.id(), 1L));
    assertThat(counts(tx -> tx.roles().sizes(Holder.SERVICE, List.of()))).isEmpty();

    thatList(tx -> tx.roles().holders(Holder.USER, first.id(), prefix, 0, 9))
        .containsExactlyInAnyOrder(prefix + "z", prefix + "Y");
    thatList(tx -> tx.roles().holders(Holder.USER, first.id(), "", 1, 1)).hasSize(1);
    thatList(tx -> tx.roles().holders(Holder.GROUP, second.id(), "", 0, 9))
        .containsExactly(prefix + "g");
    assertThat(number(tx -> tx.roles().countHolders(Holder.USER, first.id(), prefix))).isEqualTo(2);
    assertThat(number(tx -> tx.roles().countHolders(Holder.USER, first.id(), ""))).isEqualTo(3);
    assertThat(number(tx -> tx.roles().countHolders(Holder.SERVICE, first.id(), ""))).isZero();
  }

  @Test
  void servicesAreFoundPageByPageWithHowManyTokensTheyHave() {
    String prefix = fresh("service");
    Service one = service(prefix + "a");
    Service two = service(prefix + "b");
    database()
        .change(tx -> {
          String client = prefix + "-client";
          tx.oauth().put(new OAuthClient(client, "", "", "", List.of()));
          for (Optional<Instant> until :
              List.of(Optional.<Instant>empty(), Optional.of(LATER), Optional.of(NOW))) {
            tx.tokens()
                .create(
                    new NewToken(
                        Holder.SERVICE,
                        one.id(),
                        fresh("h"),
                        "p",
                        client,
                        "",
                        until,
                        "",
                        List.of()),
                    NOW);
          }
        });
    var both = Optional.of(Set.of(one.name(), two.name()));
    thatList(tx -> tx.services().page(both, 0, 9)).containsExactly(one, two);
    thatList(tx -> tx.services().page(both, 1, 9)).containsExactly(two);
    thatList(tx -> tx.services().page(Optional.of(Set.of()), 0, 9)).isEmpty();
    assertThat(number(tx -> tx.services().count(both))).isEqualTo(2);
    assertThat(number(tx -> tx.services().count(Optional.of(Set.of())))).isZero();
    assertThat(number(tx -> tx.services().count(Optional.empty())))
        .isEqualTo(number(tx -> (long) tx.services().all().size()));
    assertThat(
            counts(tx -> tx.tokens().ofServices(List.of(one.id(), two.id()), NOW.plusSeconds(1))))
        .isEqualTo(Map.of(one.id(), 2L));
    assertThat(counts(tx -> tx.tokens().ofServices(List.of(), NOW))).isEmpty();
  }

  private Service service(String name) {
    return database()
        .write(tx ->
            tx.services()
                .put(
                    new Service(
                        0, name, false, "", List.of(), "{}", true, false, List.of(), "", "{}", "",
                        30, false, 0, ""),
                    "/services/" + name + "/"));
  }

  @Test
  void rolesReachPeopleThemselvesAndByTheirGroups() {
    User user = user(fresh("roled"));
    String mine = fresh("mine");
    String ours = fresh("ours");
    database()
        .change(tx -> {
          Role own = tx.roles().put(mine, "mine", List.of("self"), false);
          Role shared = tx.roles().put(ours, "ours", List.of("list:users", "proxy"), false);
          Group group = tx.groups().create(fresh("team"), "{}");
          tx.groups().add(group.id(), user.id());
          tx.roles().grant(Holder.USER, user.id(), own.id(), false);
          tx.roles().grant(Holder.USER, user.id(), own.id(), false);
          tx.roles().grant(Holder.GROUP, group.id(), shared.id(), true);
        });
    thatList(tx -> tx.rights().of(user.id(), NOW))
        .containsExactlyInAnyOrder("self", "list:users", "proxy");
    thatList(tx -> tx.roles().of(Holder.USER, user.id()))
        .extracting(Role::name)
        .containsExactly(mine);
    Role before = database().read(tx -> tx.roles().find(mine)).orElseThrow();
    Role changed = database().write(tx -> tx.roles().put(mine, "new", List.of(), false));
    assertThat(changed.id()).isEqualTo(before.id());
    assertThat(changed.description()).isEqualTo("new");
  }

  @Test
  void aTokenIsFoundUntilItExpires() {
    User user = user(fresh("token"));
    String client = client();
    String prefix = fresh("p");
    long id =
        database()
            .write(tx ->
                tx.tokens()
                    .create(
                        new NewToken(
                            Holder.USER,
                            user.id(),
                            "sha512:1:aa:" + prefix,
                            prefix,
                            client,
                            "session",
                            Optional.of(LATER),
                            "a note",
                            List.of("self")),
                        NOW));
    Tokens.Held held = database().read(tx -> tx.tokens().byPrefix(prefix, NOW)).getFirst();
    assertThat(held.owner()).contains(user);
    ApiToken found = held.token();
    assertThat(found.id()).isEqualTo(id);
    assertThat(found.apiId()).isEqualTo("a" + id);
    assertThat(found.user()).hasValue(user.id());
    assertThat(found.service()).isEmpty();
    assertThat(found.scopes()).containsExactly("self");
    assertThat(found.expiresAt()).contains(LATER);
    thatList(tx -> tx.tokens().byPrefix(prefix, LATER.plusMillis(1))).isEmpty();
    assertThat((int) database().write(tx -> tx.tokens().deleteOfSession(user.id(), "session")))
        .isOne();
  }

  private String client() {
    String identifier = fresh("client");
    database()
        .change(tx -> tx.oauth().put(new OAuthClient(identifier, "d", "s", "/back", List.of("a"))));
    return identifier;
  }

  @Test
  void aCodeIsTakenOnceByOneOfMany() throws Exception {
    User user = user(fresh("coded"));
    String client = client();
    String code = fresh("code");
    var made =
        new OAuthCode(
            code,
            client,
            user.id(),
            LATER.truncatedTo(ChronoUnit.SECONDS),
            "/back",
            "session",
            List.of("self"),
            "challenge",
            "S256");
    database().change(tx -> tx.oauth().create(made));
    var winners = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Void> attempt =
          () -> {
            Optional<OAuthCode> taken = database().write(tx -> tx.oauth().take(code));
            if (taken.isPresent()) {
              assertThat(taken).contains(made);
              winners.incrementAndGet();
            }
            return null;
          };
      for (var answer : threads.invokeAll(Collections.nCopies(20, attempt))) {
        answer.get();
      }
    }
    assertThat(winners).hasValue(1);
  }

  private UserServer server(User owner, String name) {
    return database().write(tx -> tx.servers().create(owner.id(), name, name));
  }

  @Test
  void whatIsSharedReachesAPersonThemselvesAndByTheirGroups() {
    User owner = user(fresh("owner"));
    User friend = user(fresh("friend"));
    UserServer server = server(owner, "gpu");
    UserServer other = server(owner, "cpu");
    Group group = database().write(tx -> tx.groups().create(fresh("lab"), "{}"));
    database().change(tx -> tx.groups().add(group.id(), friend.id()));
    List<String> access = List.of("access:servers!server=was/renamed");
    Share direct =
        database().write(tx -> tx.shares().create(server, Holder.USER, friend.id(), access, NOW));
    Share byGroup =
        database()
            .write(tx ->
                tx.shares()
                    .create(
                        other, Holder.GROUP, group.id(), List.of("read:servers!server=x/y"), NOW));
    String limit = "!server=" + owner.name() + "/";
    assertThat(direct.scopes())
        .as("limited to what the server is called now")
        .containsExactly("access:servers" + limit + "gpu");
    assertThat(direct.with()).isEqualTo(friend.name());
    assertThat(direct.createdAt()).isEqualTo(NOW);
    assertThat(direct.server())
        .isEqualTo(new SharedServer(server.id(), owner.id(), owner.name(), "gpu", false));
    assertThat(byGroup.kind()).isEqualTo(Holder.GROUP);
    thatList(tx -> tx.rights().of(friend.id(), NOW))
        .containsExactlyInAnyOrder(
            "access:servers" + limit + "gpu", "read:servers" + limit + "cpu");
    thatList(tx -> tx.rights().of(owner.id(), NOW)).isEmpty();

    thatOptional(tx -> tx.shares().find(server.id(), Holder.USER, friend.id(), NOW))
        .contains(direct);
    thatOptional(tx -> tx.shares().find(other.id(), Holder.USER, friend.id(), NOW)).isEmpty();
    var with = new ShareFilter.WithUser(friend.id());
    thatList(tx -> tx.shares().page(with, 0, 10, NOW)).containsExactly(direct, byGroup);
    thatList(tx -> tx.shares().page(with, 1, 10, NOW)).containsExactly(byGroup);
    thatList(tx -> tx.shares().page(new ShareFilter.WithGroup(group.id()), 0, 10, NOW))
        .containsExactly(byGroup);
    thatList(tx -> tx.shares().page(new ShareFilter.OfOwner(owner.id()), 0, 1, NOW))
        .containsExactly(direct);
    assertThat(
            (long)
                database().read(tx -> tx.shares().count(new ShareFilter.OfOwner(owner.id()), NOW)))
        .isEqualTo(2);
    thatList(tx -> tx.shares().page(new ShareFilter.OfServer(other.id()), 0, 10, NOW))
        .containsExactly(byGroup);

    Share more =
        database()
            .write(tx ->
                tx.shares().setScopes(direct.id(), List.of("access:servers", "read:servers")));
    assertThat(more.scopes()).hasSize(2);
    database().change(tx -> tx.groups().remove(group.id(), friend.id()));
    thatList(tx -> tx.shares().page(with, 0, 10, NOW)).containsExactly(more);
    assertThat((int) database().write(tx -> tx.shares().deleteOf(server.id()))).isOne();
    thatList(tx -> tx.rights().of(friend.id(), NOW)).isEmpty();
  }

  @Test
  void aShareKnowsWhetherItsServerCanBeUsed() {
    User owner = user(fresh("ready"));
    UserServer server = server(owner, "");
    Share stopped =
        database()
            .write(tx -> tx.shares().create(server, Holder.USER, owner.id(), List.of("a"), NOW));
    assertThat(stopped.server().ready()).isFalse();
    var address = new UserServer.Address("http", "127.0.0.1", 1234, "/user/x/");
    database().change(tx -> tx.servers().setAddress(server.id(), address, NOW));
    var of = new ShareFilter.OfServer(server.id());
    assertThat(database().read(tx -> tx.shares().page(of, 0, 9, NOW)).getFirst().server().ready())
        .isTrue();
    database()
        .change(tx -> tx.servers().begin(server.id(), UserServer.Step.STOP, "", "hub", LATER, NOW));
    assertThat(database().read(tx -> tx.shares().page(of, 0, 9, NOW)).getFirst().server().ready())
        .isFalse();
  }

  @Test
  void aCodeOfAShareCountsItsUsesUntilItExpires() {
    User owner = user(fresh("coder"));
    UserServer server = server(owner, "");
    String prefix = fresh("c");
    ShareCode made =
        database()
            .write(tx ->
                tx.shareCodes()
                    .create(
                        server,
                        "sha512:1:aa:" + prefix,
                        prefix,
                        List.of("access:servers"),
                        NOW,
                        LATER));
    assertThat(made.apiId()).isEqualTo("sc_" + made.id());
    assertThat(made.exchangeCount()).isZero();
    assertThat(made.lastExchangedAt()).isEmpty();
    assertThat(made.expiresAt()).contains(LATER);
    thatList(tx -> tx.shareCodes().byPrefix(prefix, LATER)).containsExactly(made);
    thatList(tx -> tx.shareCodes().byPrefix(prefix, LATER.plusMillis(1))).isEmpty();
    database().change(tx -> tx.shareCodes().exchanged(made.id(), LATER));
    database().change(tx -> tx.shareCodes().exchanged(made.id(), LATER));
    ShareCode used = database().read(tx -> tx.shareCodes().byId(made.id())).orElseThrow();
    assertThat(used.exchangeCount()).isEqualTo(2);
    assertThat(used.lastExchangedAt()).contains(LATER);
    thatList(tx -> tx.shareCodes().page(new ShareFilter.OfOwner(owner.id()), 0, 9, NOW))
        .containsExactly(used);
    var of = new ShareFilter.OfServer(server.id());
    assertThat((long) database().read(tx -> tx.shareCodes().count(of, NOW))).isOne();
    assertThat((long) database().read(tx -> tx.shareCodes().count(of, LATER.plusMillis(1))))
        .isZero();
    assertThat((int) database().write(tx -> tx.shareCodes().deleteExpired(LATER.plusMillis(1))))
        .isPositive();
    thatOptional(tx -> tx.shareCodes().byId(made.id())).isEmpty();
  }

  @Test
  void deletingAServerEndsItsSharing() {
    User owner = user(fresh("ends"));
    UserServer server = server(owner, "gone");
    database()
        .change(tx -> {
          tx.shares().create(server, Holder.USER, owner.id(), List.of("a"), NOW);
          tx.shareCodes().create(server, fresh("h"), "pref", List.of("a"), NOW, LATER);
          tx.servers().delete(server.id());
        });
    var of = new ShareFilter.OfOwner(owner.id());
    thatList(tx -> tx.shares().page(of, 0, 9, NOW)).isEmpty();
    thatList(tx -> tx.shareCodes().page(of, 0, 9, NOW)).isEmpty();
  }

  @Test
  void deletingAPersonTakesEverythingOfTheirs() {
    User user = user(fresh("gone"));
    String client = client();
    UserServer server = database().write(tx -> tx.servers().create(user.id(), "", ""));
    var address = new UserServer.Address("http", "127.0.0.1", 1234, "/user/x/");
    database()
        .change(tx -> {
          tx.servers().setAddress(server.id(), address, NOW);
          tx.servers().setClient(server.id(), Optional.of(client));
          tx.servers().begin(server.id(), UserServer.Step.STOP, "", "hub", LATER, NOW);
          tx.accounts(Accounts.Kind.OWN).add(new Account(user.name(), "hash", true, ""), NOW);
        });
    database().change(tx -> tx.users().delete(user.id()));
    thatOptional(tx -> tx.servers().byId(server.id())).isEmpty();
    thatOptional(tx -> tx.oauth().client(client)).isEmpty();
    thatOptional(tx -> tx.accounts(Accounts.Kind.OWN).find(user.name())).isEmpty();
    thatList(tx -> tx.servers().underWay()).noneMatch(left -> left.id() == server.id());
  }

  @Test
  void aServerIsReadyOnceItListensAndNothingIsUnderWay() {
    User user = user(fresh("server"));
    UserServer made = database().write(tx -> tx.servers().create(user.id(), "gpu", "GPU one"));
    assertThat(made.isActive()).isFalse();
    assertThat(made.userName()).isEqualTo(user.name());
    assertThat(made.displayName()).contains("GPU one");
    database()
        .change(tx -> {
          tx.servers().begin(made.id(), UserServer.Step.SPAWN, "s1", "hub", LATER, NOW);
          tx.servers().progress(made.id(), "{\"progress\":5}");
        });
    UserServer pending = server(made.id());
    assertThat(pending.pending()).contains(UserServer.Step.SPAWN);
    assertThat(pending.work().orElseThrow().spawnId()).isEqualTo("s1");
    assertThat(pending.isReady()).isFalse();
    var address = new UserServer.Address("http", "10.0.0.1", 8888, "/user/x/gpu/");
    database()
        .change(tx -> {
          tx.servers().setAddress(made.id(), address, LATER);
          tx.servers().end(made.id());
        });
    UserServer ready = server(made.id());
    assertThat(ready.isReady()).isTrue();
    assertThat(ready.address()).contains(address);
    assertThat(ready.started()).contains(LATER);
    assertThat(database().read(tx -> tx.servers().of(List.of(user.id()))).get(user.id()))
        .containsExactly(ready);
    database().change(tx -> tx.servers().clearAddress(made.id()));
    assertThat(server(made.id()).isActive()).isFalse();
  }

  private UserServer server(long id) {
    return database().read(tx -> tx.servers().byId(id)).orElseThrow();
  }

  @Test
  void oneOfManyHubsGetsAStepAndAnotherOneOnlyOnceItIsLeft() throws Exception {
    User user = user(fresh("leased"));
    UserServer made = database().write(tx -> tx.servers().create(user.id(), "", ""));
    var winners = new HashSet<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var attempts = new ArrayList<Callable<Boolean>>();
      for (int i = 0; i < 12; i++) {
        String hub = "hub" + i;
        attempts.add(() ->
            database()
                .write(tx ->
                    tx.servers().begin(made.id(), UserServer.Step.SPAWN, hub, hub, LATER, NOW)));
      }
      var answers = threads.invokeAll(attempts);
      for (int i = 0; i < answers.size(); i++) {
        if (answers.get(i).get()) {
          winners.add("hub" + i);
        }
      }
    }
    assertThat(winners).hasSize(1);
    String winner = winners.iterator().next();
    assertThat(server(made.id()).work().orElseThrow().worker()).isEqualTo(winner);

    UserServer.Work before = server(made.id()).work().orElseThrow();
    database().change(tx -> tx.servers().extend(made.id(), winner, LATER.plusSeconds(1)));
    assertThat(takeOver(made, "next", before)).as("it is being worked on").isFalse();
    UserServer.Work left = server(made.id()).work().orElseThrow();
    assertThat(takeOver(made, "next", left)).as("it was left").isTrue();
    assertThat(takeOver(made, "another", left)).as("one of two takes it over").isFalse();
    assertThat(
            (boolean)
                database()
                    .write(tx -> tx.servers().extend(made.id(), winner, LATER.plusSeconds(200))))
        .as("who lost it is told")
        .isFalse();

    database().change(tx -> tx.servers().fail(made.id(), "{\"message\":\"no\"}"));
    UserServer failed = server(made.id());
    assertThat(failed.isActive()).isFalse();
    assertThat(failed.work().orElseThrow().failure()).contains("{\"message\":\"no\"}");
    assertThat(
            (boolean)
                database()
                    .write(tx ->
                        tx.servers()
                            .begin(made.id(), UserServer.Step.SPAWN, "again", "hub", LATER, NOW)))
        .as("after a failure the next start can begin")
        .isTrue();
    assertThat(server(made.id()).work().orElseThrow().failure()).isEmpty();
  }

  private boolean takeOver(UserServer server, String hub, UserServer.Work seen) {
    return database()
        .write(tx -> tx.servers().takeOver(server.id(), seen, hub, LATER.plusSeconds(100)));
  }

  @Test
  void anInvitationLetsOneIn() {
    String hash = fresh("hash");
    var invitation = new Invitations.Invitation(fresh("guest"), true);
    database().change(tx -> tx.invitations().add(hash, invitation, LATER));
    thatOptional(tx -> tx.invitations().find(hash, NOW)).contains(invitation);
    thatOptional(tx -> tx.invitations().find(hash, LATER.plusSeconds(1))).isEmpty();
    assertThat((boolean) database().write(tx -> tx.invitations().take(hash))).isTrue();
    assertThat((boolean) database().write(tx -> tx.invitations().take(hash))).isFalse();
    database()
        .change(tx -> {
          tx.invitations().add(hash, invitation, LATER);
          tx.invitations().deleteFor("somebody else");
        });
    thatOptional(tx -> tx.invitations().find(hash, NOW)).isPresent();
    database().change(tx -> tx.invitations().deleteFor(invitation.name()));
    thatOptional(tx -> tx.invitations().find(hash, NOW)).isEmpty();
  }

  @Test
  void anAccountIsFoundByNameWhereverItIsKept() {
    for (Accounts.Kind kind : Accounts.Kind.values()) {
      String name = fresh("account") + kind.name().toLowerCase(Locale.ROOT);
      var account = new Account(name, "$hash", false, "ann@example.org");
      database()
          .change(tx -> {
            tx.accounts(kind).prepare();
            tx.accounts(kind).prepare();
            tx.accounts(kind).add(account, NOW);
          });
      thatOptional(tx -> tx.accounts(kind).find(name)).contains(account);
      thatOptional(tx -> tx.accounts(kind).find(name + "x")).isEmpty();
      thatList(tx -> tx.accounts(kind).waiting(0, 1_000)).contains(account);
      long waiting = database().read(tx -> tx.accounts(kind).countWaiting());
      thatList(tx -> tx.accounts(kind).waiting(0, 1_000)).hasSize((int) waiting);
      thatList(tx -> tx.accounts(kind).waiting((int) waiting, 9)).isEmpty();
      database()
          .change(tx -> {
            tx.accounts(kind).approve(name);
            tx.accounts(kind).setPassword(name, "$other", NOW);
          });
      thatOptional(tx -> tx.accounts(kind).find(name))
          .contains(new Account(name, "$other", true, "ann@example.org"));
      assertThat((long) database().read(tx -> tx.accounts(kind).countWaiting()))
          .isEqualTo(waiting - 1);
      assertThat((boolean) database().read(tx -> tx.accounts(kind).areUsed())).isTrue();
      database().change(tx -> tx.accounts(kind).delete(name));
      thatOptional(tx -> tx.accounts(kind).find(name)).isEmpty();
    }
  }

  @Test
  void anAccountBelongsToAPersonOnceTheyAreThere() {
    String name = fresh("later");
    Accounts.Kind own = Accounts.Kind.OWN;
    database().change(tx -> tx.accounts(own).add(new Account(name, "hash", true, ""), NOW));
    User user = user(name);
    String other = fresh("other");
    database().change(tx -> tx.accounts(own).add(new Account(other, "not theirs", true, ""), NOW));
    database().change(tx -> tx.users().rename(user.id(), other));
    thatOptional(tx -> tx.accounts(own).find(other).map(Account::password)).contains("hash");
    thatOptional(tx -> tx.accounts(own).find(name)).isEmpty();
    database().change(tx -> tx.users().delete(user.id()));
    thatOptional(tx -> tx.accounts(own).find(other)).isEmpty();
  }

  @Test
  void anAccountOfTheOtherHubsGoesAlongWithTheName() {
    Accounts.Kind kind = Accounts.Kind.NATIVE;
    String before = fresh("before");
    String now = fresh("now");
    database()
        .change(tx -> {
          tx.accounts(kind).prepare();
          tx.accounts(kind).add(new Account(before, "theirs", true, ""), NOW);
          tx.accounts(kind).add(new Account(now, "of somebody who is gone", true, ""), NOW);
          tx.accounts(kind).rename(before, now);
        });
    thatOptional(tx -> tx.accounts(kind).find(now).map(Account::password)).contains("theirs");
    thatOptional(tx -> tx.accounts(kind).find(before)).isEmpty();
  }

  @Test
  void afterTooManyFailuresThereIsAPauseThatNobodyMakesLonger() {
    String name = fresh("failing");
    Duration pause = Duration.ofSeconds(60);
    Function<Instant, Boolean> tries =
        time -> database().write(tx -> tx.failedLogins().mayTry(name, 2, pause, time));
    assertThat(tries.apply(NOW)).isTrue();
    assertThat(tries.apply(NOW.plusSeconds(1))).isTrue();
    assertThat(tries.apply(NOW.plusSeconds(2))).isFalse();
    assertThat(tries.apply(NOW.plusSeconds(60))).isFalse();
    assertThat(tries.apply(NOW.plusSeconds(61))).as("the pause is over").isTrue();
    assertThat(tries.apply(NOW.plusSeconds(61))).as("and the count begins anew").isTrue();
    assertThat(tries.apply(NOW.plusSeconds(61))).isFalse();
    database().change(tx -> tx.failedLogins().forget(name));
    assertThat(tries.apply(NOW.plusSeconds(61))).isTrue();
  }

  @Test
  void whoAsksDoesNotWaitForWhoChanges() throws Exception {
    String name = fresh("waiting");
    var changing = new CountDownLatch(1);
    var asked = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var change =
          threads.submit(() ->
              database()
                  .write(tx -> {
                    User made = tx.users().create(name, false, name, NOW);
                    changing.countDown();
                    awaitOrFail(asked);
                    return made;
                  }));
      changing.await();
      thatOptional(tx -> tx.users().find(name)).as("it is not there yet").isEmpty();
      asked.countDown();
      change.get();
    }
    thatOptional(tx -> tx.users().find(name)).isPresent();
  }

  private static void awaitOrFail(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).as("the one who asks was answered").isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Test
  void manyAtOnceLoseNothing() throws Exception {
    User user = user(fresh("busy"));
    String group = fresh("counter");
    long counter = database().write(tx -> tx.groups().create(group, "0")).id();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Void> increment =
          () -> {
            database()
                .change(tx -> {
                  tx.users().seen(user.id(), NOW);
                  int count = Integer.parseInt(tx.groups().find(group).orElseThrow().properties());
                  tx.groups().setProperties(counter, Integer.toString(count + 1));
                });
            return null;
          };
      for (var answer : threads.invokeAll(Collections.nCopies(100, increment))) {
        answer.get();
      }
    }
    assertThat(database().read(tx -> tx.groups().find(group)).orElseThrow().properties())
        .isEqualTo("100");
  }
}
