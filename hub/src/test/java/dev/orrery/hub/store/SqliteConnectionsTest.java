package dev.orrery.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Works that wait for the one connection that writes are done together, each whole or not at all.
 */
class SqliteConnectionsTest {

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private SqliteConnections connections;
  private Future<Integer> first;

  /** Makes a table, and keeps the writer busy until {@link #go}. */
  @BeforeEach
  void open(@TempDir Path folder) throws InterruptedException {
    connections = SqliteConnections.ofFile(folder.resolve("numbers.sqlite"));
    connections.write(sql -> sql.execute("CREATE TABLE numbers (id INTEGER PRIMARY KEY)"));
    first =
        callers.submit(() ->
            connections.write(sql -> {
              begun.countDown();
              await(go);
              return sql.execute("INSERT INTO numbers VALUES (0)");
            }));
    await(begun);
  }

  @AfterEach
  void close() {
    callers.shutdownNow();
    connections.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Callers one after the other, so that their works wait in this order. */
  private <T> Future<T> write(Function<Sql, T> work) throws InterruptedException {
    var called = new CountDownLatch(1);
    Future<T> result =
        callers.submit(() -> {
          called.countDown();
          return connections.write(work);
        });
    await(called);
    return result;
  }

  private static int add(Sql sql, long number) {
    return sql.execute("INSERT INTO numbers VALUES (?)", number);
  }

  private static List<Long> numbers(Sql sql) {
    return sql.select("SELECT id FROM numbers ORDER BY id").map(RowMapper.NUMBER).list();
  }

  private List<Long> numbers() {
    return connections.read(SqliteConnectionsTest::numbers);
  }

  @Test
  void worksThatWaitAreOneTransaction() throws Exception {
    var seen = new ArrayList<Future<List<List<Long>>>>();
    for (long number = 1; number <= 5; number++) {
      long own = number;
      seen.add(
          write(sql -> {
            add(sql, own);
            return List.of(numbers(sql), seenByOthers());
          }));
    }
    go.countDown();
    first.get();
    for (Future<List<List<Long>>> each : seen) {
      each.get();
    }
    assertThat(numbers()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
    // The last one saw what the others did, and nobody outside saw any of it.
    List<List<Long>> most = new ArrayList<>();
    for (Future<List<List<Long>>> each : seen) {
      if (each.get().getFirst().size() > (most.isEmpty() ? 0 : most.getFirst().size())) {
        most = each.get();
      }
    }
    assertThat(most.getFirst()).hasSize(6);
    assertThat(most.getLast()).hasSizeLessThan(5);
  }

  /** Asked on a reading connection from within a work, which callers can't. */
  private List<Long> seenByOthers() {
    Future<List<Long>> others = callers.submit(() -> numbers());
    try {
      return others.get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void oneThatFailsTakesBackItsOwnOnly() throws Exception {
    Future<Integer> good = write(sql -> add(sql, 1));
    Future<Integer> bad =
        write(sql -> {
          add(sql, 2);
          throw new IllegalArgumentException("no");
        });
    Future<Integer> twice = write(sql -> add(sql, 1) + add(sql, 1));
    Future<Integer> late = write(sql -> add(sql, 3));
    go.countDown();
    assertThat(good.get()).isEqualTo(1);
    assertThat(late.get()).isEqualTo(1);
    assertThatThrownBy(bad::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(twice::get).hasCauseInstanceOf(SqlFailure.class);
    assertThat(numbers()).containsExactly(0L, 1L, 3L);
  }

  @Test
  void oneThatSpoilsTheTransactionKeepsNobodyElseFromIt() throws Exception {
    var spoiled = new AtomicBoolean();
    Future<Integer> before = write(sql -> add(sql, 1));
    Future<Integer> bad =
        write(sql -> {
          // As SQLite does it itself when the disk is full.
          sql.execute("ROLLBACK");
          spoiled.set(true);
          return 0;
        });
    Future<Integer> after = write(sql -> add(sql, 2));
    go.countDown();
    assertThat(before.get()).isEqualTo(1);
    assertThat(after.get()).isEqualTo(1);
    assertThatThrownBy(bad::get).hasCauseInstanceOf(SqlFailure.class);
    assertThat(spoiled).isTrue();
    assertThat(numbers()).containsExactly(0L, 1L, 2L);
  }
}
