package dev.orrery.hub.sharing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.http.HttpException;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.DatabaseUrl;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Share;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.assertj.core.api.ListAssert;
import org.assertj.core.api.OptionalAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What links that share do, and how shares grow and shrink. */
class SharingTest {

  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

  private final Database database = Database.open(new DatabaseUrl.SqliteMemory(), false);
  private final Sharing sharing = at(NOW);
  private User ann;
  private User bob;
  private UserServer server;

  private static Sharing at(Instant time) {
    return new Sharing(ScopeTable.standard(), Clock.fixed(time, ZoneOffset.UTC));
  }

  @BeforeEach
  void make() {
    ann = database.write(tx -> tx.users().create("ann", false, "1", NOW));
    bob = database.write(tx -> tx.users().create("bob", false, "2", NOW));
    server = database.write(tx -> tx.servers().create(ann.id(), "gpu", "gpu"));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private <T> OptionalAssert<T> thatOptional(Function<Transaction, Optional<T>> work) {
    return assertThat(database.read(work));
  }

  private ListAssert<String> thatSharedWith(User user) {
    List<String> scopes = database.read(tx -> tx.rights().of(user.id(), NOW));
    return assertThat(scopes);
  }

  private List<String> scopes(String... asked) {
    return sharing.scopes(List.of(asked), new Resource.Server("ann", "gpu"));
  }

  private Sharing.Made code() {
    return database.write(tx -> sharing.makeCode(tx, server, scopes(), Duration.ofHours(1)));
  }

  @Test
  void aCodeLetsWhoeverHasItInAndIsCounted() {
    Sharing.Made made = code();
    thatOptional(tx -> sharing.code(tx, made.secret())).contains(made.code());
    for (int times = 1; times <= 2; times++) {
      Share share =
          database.write(
              tx -> sharing.exchange(tx, sharing.code(tx, made.secret()).orElseThrow(), bob));
      assertThat(share.with()).isEqualTo("bob");
      assertThat(share.scopes()).containsExactly("access:servers!server=ann/gpu");
      assertThat(database.read(tx -> sharing.code(tx, made.secret())).orElseThrow().exchangeCount())
          .isEqualTo(times);
    }
    thatSharedWith(bob).hasSize(1);
  }

  @Test
  void nobodyAcceptsTheirOwnServer() {
    Sharing.Made made = code();
    assertThatThrownBy(() -> database.write(tx -> sharing.exchange(tx, made.code(), ann)))
        .isInstanceOf(HttpException.class);
    thatSharedWith(ann).isEmpty();
  }

  @Test
  void otherCodesAndOldOnesAreNothing() {
    Sharing.Made made = code();
    String another = made.secret().substring(0, 4) + "x".repeat(39);
    thatOptional(tx -> sharing.code(tx, another)).isEmpty();
    thatOptional(tx -> sharing.code(tx, "")).isEmpty();
    thatOptional(tx -> sharing.code(tx, "x".repeat(10_000))).isEmpty();
    Sharing later = at(NOW.plus(Duration.ofMinutes(61)));
    thatOptional(tx -> later.code(tx, made.secret())).isEmpty();
  }

  @Test
  void aShareGrowsAndShrinks() {
    database.write(tx -> sharing.grant(tx, server, Holder.USER, bob.id(), scopes()));
    Share more =
        database.write(tx ->
            sharing.grant(
                tx, server, Holder.USER, bob.id(), scopes("read:servers!server=ann/gpu")));
    assertThat(more.scopes())
        .containsExactly("access:servers!server=ann/gpu", "read:servers!server=ann/gpu");
    Optional<Share> less =
        database.write(tx ->
            sharing.revoke(
                tx, server, Holder.USER, bob.id(), Optional.of(scopes("access:servers"))));
    assertThat(less.orElseThrow().scopes()).containsExactly("read:servers!server=ann/gpu");
    Optional<Share> none =
        database.write(tx -> sharing.revoke(tx, server, Holder.USER, bob.id(), Optional.empty()));
    assertThat(none).isEmpty();
    thatOptional(tx -> sharing.find(tx, server.id(), Holder.USER, bob.id())).isEmpty();
  }

  @Test
  void aShareFollowsARenamedServerAndDoesNotReachItsOldName() {
    database.write(tx -> sharing.grant(tx, server, Holder.USER, bob.id(), scopes()));
    database.change(tx -> tx.servers().rename(server.id(), "cpu"));
    database.write(tx -> tx.servers().create(ann.id(), "gpu", "gpu"));
    thatSharedWith(bob).containsExactly("access:servers!server=ann/cpu");
  }
}
