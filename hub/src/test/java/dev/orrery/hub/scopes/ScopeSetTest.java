package dev.orrery.hub.scopes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.scopes.Resource.Group;
import dev.orrery.hub.scopes.Resource.Owner;
import dev.orrery.hub.scopes.Resource.Server;
import dev.orrery.hub.scopes.Resource.Service;
import dev.orrery.hub.scopes.Resource.User;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds for all sets of scopes, and questions the hub asks of them. */
class ScopeSetTest {

  private static final ScopeTable TABLE = ScopeTable.standard();
  private static final List<String> USERS = List.of("a", "b", "c");
  private static final Map<String, Set<String>> GROUPS_OF =
      Map.of("a", Set.of("g"), "b", Set.of("g", "h"));
  private static final Groups GROUPS = user -> GROUPS_OF.getOrDefault(user, Set.of());
  private static final Groups NEVER_ASKED =
      user -> {
        throw new AssertionError("asked for the groups of " + user);
      };
  private static final int ROUNDS = 2000;

  private static final List<Resource> RESOURCES =
      Stream.of(
              USERS.stream().map(User::new),
              USERS.stream().map(user -> new Server(user, "")),
              USERS.stream().map(user -> new Server(user, "lab")),
              Stream.of(new Group("g"), new Group("h"), new Service("s")))
          .<Resource>flatMap(some -> some)
          .toList();

  private final Random random = new Random(20);

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private List<String> texts() {
    var texts = new ArrayList<String>();
    var scopes = new ArrayList<String>();
    for (int i = 0; i < 3; i++) {
      scopes.add(one(List.of(StandardScope.values())).scopeName());
    }
    for (int i = random.nextInt(6); i >= 0; i--) {
      String filter = random.nextInt(4) == 0 ? "" : "!" + one(RESOURCES).filter();
      texts.add(one(scopes) + filter);
    }
    return texts;
  }

  private ScopeSet set() {
    return TABLE.expand(texts(), new User("a"));
  }

  private static boolean isWithin(ScopeSet inner, ScopeSet outer) {
    for (StandardScope scope : StandardScope.values()) {
      if (inner.hasWithoutLimit(scope) && !outer.hasWithoutLimit(scope)) {
        return false;
      }
      for (Resource resource : RESOURCES) {
        if (inner.allows(scope, resource, GROUPS) && !outer.allows(scope, resource, GROUPS)) {
          return false;
        }
      }
    }
    return true;
  }

  @Test
  void expandingAgainChangesNothing() {
    for (int i = 0; i < ROUNDS; i++) {
      ScopeSet set = set();
      assertThat(TABLE.expand(set.texts(), new User("a"))).isEqualTo(set);
    }
  }

  @Test
  void commonPartIsWithinBothAndTheSameInBothDirections() {
    int some = 0;
    for (int i = 0; i < ROUNDS; i++) {
      ScopeSet one = set();
      ScopeSet other = random.nextBoolean() ? set() : one.union(set());
      ScopeSet common = one.intersect(other, GROUPS);
      assertThat(common)
          .isEqualTo(other.intersect(one, GROUPS))
          .hasSameHashCodeAs(other.intersect(one, GROUPS));
      assertThat(isWithin(common, one) && isWithin(common, other)).as("%s %s", one, other).isTrue();
      assertThat(common.intersect(one, GROUPS)).isEqualTo(common);
      some += common.texts().size();
    }
    assertThat(some).as("texts in common").isGreaterThan(ROUNDS);
  }

  @Test
  void commonPartMissesOnlyWhoIsInTwoGroups() {
    for (int i = 0; i < ROUNDS; i++) {
      ScopeSet one = set();
      ScopeSet other = set();
      ScopeSet common = one.intersect(other, GROUPS);
      for (StandardScope scope : StandardScope.values()) {
        for (Resource resource : RESOURCES) {
          boolean inTwoGroups =
              GROUPS
                      .groupsOf(
                          switch (resource) {
                            case User(String name) -> name;
                            case Server(String user, String _) -> user;
                            case Group _, Service _ -> "";
                          })
                      .size()
                  > 1;
          if (!inTwoGroups
              && one.allows(scope, resource, GROUPS)
              && other.allows(scope, resource, GROUPS)) {
            assertThat(common.allows(scope, resource, GROUPS))
                .as("%s on %s by %s and %s", scope, resource, one, other)
                .isTrue();
          }
        }
      }
    }
  }

  @Test
  void unionAllowsWhatEitherAllows() {
    for (int i = 0; i < ROUNDS; i++) {
      ScopeSet one = set();
      ScopeSet other = set();
      ScopeSet both = one.union(other);
      assertThat(both).isEqualTo(other.union(one));
      for (StandardScope scope : StandardScope.values()) {
        for (Resource resource : RESOURCES) {
          assertThat(both.allows(scope, resource, GROUPS))
              .isEqualTo(
                  one.allows(scope, resource, GROUPS) || other.allows(scope, resource, GROUPS));
        }
      }
    }
  }

  @Test
  void tokenNeverAllowsMoreThanItsOwnerMay() {
    for (int i = 0; i < ROUNDS; i++) {
      Owner owner = random.nextBoolean() ? new User("a") : new Service("s");
      ScopeSet owners = TABLE.expand(texts(), owner);
      List<String> given = texts();
      ScopeSet token =
          TABLE.ofToken(given, owner, owners, Optional.of(new Server("b", "lab")), GROUPS);
      assertThat(isWithin(token, owners)).as("%s of %s", given, owners).isTrue();
    }
  }

  @Test
  void groupsAreAskedForOnlyWhereAScopeIsLimitedToThem() {
    ScopeSet set = TABLE.expand(List.of("servers!user=a", "users"), new User("a"));
    assertThat(set.allows(StandardScope.SERVERS, new Server("b", ""), NEVER_ASKED)).isFalse();
    assertThat(set.allows(StandardScope.USERS, new User("b"), NEVER_ASKED)).isTrue();
    assertThat(set.intersect(set, NEVER_ASKED)).isEqualTo(set);
  }

  @Test
  void userLiesWithinAGroupAndAServerWithinItsUser() {
    ScopeSet ofGroup = TABLE.expand(List.of("servers!group=g"), new User("c"));
    assertThat(ofGroup.allows(StandardScope.START_SERVERS, new Server("a", "lab"), GROUPS))
        .isTrue();
    assertThat(ofGroup.allows(StandardScope.START_SERVERS, new Server("c", "lab"), GROUPS))
        .isFalse();
    ScopeSet ofUser = TABLE.expand(List.of("servers!user"), new User("c"));
    assertThat(ofUser.allows(StandardScope.SERVERS, new Server("c", ""), NEVER_ASKED)).isTrue();
    assertThat(ofUser.allows(StandardScope.SERVERS, new Group("c"), NEVER_ASKED)).isFalse();
  }

  @Test
  void commonPartOfAGroupAndItsMemberIsTheMember() {
    ScopeSet ofGroup = TABLE.expand(List.of("read:users!group=g"), new User("c"));
    ScopeSet ofUsers =
        TABLE.expand(List.of("read:users!user=a", "read:users!user=c"), new User("c"));
    assertThat(ofGroup.intersect(ofUsers, GROUPS))
        .isEqualTo(TABLE.expand(List.of("read:users!user=a"), new User("c")));
  }

  @Test
  void scopeWithNothingInCommonIsNotHeld() {
    ScopeSet ofA = TABLE.expand(List.of("tokens!user=a"), new User("c"));
    ScopeSet ofB = TABLE.expand(List.of("tokens!user=b"), new User("c"));
    ScopeSet common = ofA.intersect(ofB, GROUPS);
    assertThat(common).isEqualTo(ScopeSet.none());
    assertThat(common.has(StandardScope.TOKENS)).isFalse();
  }

  @Test
  void listsTellWhomTheyMayShow() {
    ScopeSet set =
        TABLE.expand(
            List.of("list:users!user=a", "list:users!group=g", "list:services"), new User("c"));
    assertThat(set.reach(StandardScope.LIST_USERS))
        .isEqualTo(new Reach.Some(Set.of("a"), Set.of("g"), Set.of(), Set.of()));
    assertThat(set.reach(StandardScope.LIST_SERVICES)).isEqualTo(Reach.Everything.EVERYTHING);
    assertThat(set.reach(StandardScope.LIST_GROUPS)).isEqualTo(Reach.Nothing.NOTHING);
    assertThat(set.has(StandardScope.LIST_USERS)).isTrue();
    assertThat(set.hasWithoutLimit(StandardScope.LIST_USERS)).isFalse();
  }

  @Test
  void filtersAddNothingToAScopeWithoutOne() {
    assertThat(TABLE.expand(List.of("tokens!user=a", "tokens"), new User("b")).texts())
        .containsExactly("read:tokens", "tokens");
  }

  @Test
  void textsAreSortedByCodePoints() {
    assertThat(
            TABLE
                .expand(List.of("proxy!user=\ud835\udcb3", "proxy!user=\ufb01"), new User("b"))
                .texts())
        .containsExactly("proxy!user=\ufb01", "proxy!user=\ud835\udcb3");
  }

  @Test
  void everyTokenTellsWhoseItIs() {
    ScopeSet owners = TABLE.expand(List.of("self"), new User("a"));
    assertThat(TABLE.ofToken(List.of(), new User("a"), owners, Optional.empty(), GROUPS))
        .isEqualTo(ScopeSet.identify(new User("a")));
    assertThat(ScopeSet.identify(new Service("s")).texts())
        .containsExactly("read:services:name!service=s");
  }

  @Test
  void tokenFromOAuthEntersWhereItCameFrom() {
    ScopeSet owners = TABLE.expand(List.of("self"), new User("a"));
    ScopeSet token =
        TABLE.ofToken(
            List.of(), new User("a"), owners, Optional.of(new Server("a", "lab")), GROUPS);
    assertThat(token.allows(StandardScope.ACCESS_SERVERS, new Server("a", "lab"), GROUPS)).isTrue();
    assertThat(token.allows(StandardScope.ACCESS_SERVERS, new Server("a", ""), GROUPS)).isFalse();
  }

  @Test
  void storedTextsThatAreNoScopesAllowNothing() {
    Set<String> stored = new HashSet<>(List.of("custom:gone", "users!", "tokens!user=a"));
    assertThat(TABLE.expand(stored, new User("a")).texts())
        .containsExactly("read:tokens!user=a", "tokens!user=a");
    assertThat(TABLE.problems(stored)).hasSize(2);
  }
}
