package dev.orrery.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to statements of SQLite between two uses. */
class KeptStatementsTest {

  private Jdbi jdbi;

  @BeforeEach
  void open(@TempDir Path folder) {
    jdbi = Jdbi.create("jdbc:sqlite:" + folder.resolve("kept.sqlite"));
    jdbi.setStatementBuilderFactory(_ -> new KeptStatements());
    jdbi.useHandle(handle -> {
      handle.execute("PRAGMA journal_mode=WAL");
      handle.execute("CREATE TABLE words (word TEXT)");
      handle.execute("INSERT INTO words VALUES ('a'), ('b'), ('c')");
    });
  }

  @Test
  void oneThatIsBackIsUsedAgainAndOneThatIsLentIsNot() throws SQLException {
    try (Handle handle = jdbi.open()) {
      var statements = new KeptStatements();
      PreparedStatement first = make(statements, handle, "SELECT 1");
      PreparedStatement second = make(statements, handle, "SELECT 1");
      assertThat(second).isNotSameAs(first);
      statements.close(handle.getConnection(), "SELECT 1", first);
      statements.close(handle.getConnection(), "SELECT 1", second);
      assertThat(second.isClosed()).isTrue();
      assertThat(make(statements, handle, "SELECT 1")).isSameAs(first);
    }
  }

  @Test
  void thoseNotUsedForLongestAreClosed() throws SQLException {
    try (Handle handle = jdbi.open()) {
      var statements = new KeptStatements();
      PreparedStatement oldest = make(statements, handle, "SELECT 1");
      statements.close(handle.getConnection(), "SELECT 1", oldest);
      for (int i = 0; i < 200; i++) {
        String sql = "SELECT 2" + i;
        statements.close(handle.getConnection(), sql, make(statements, handle, sql));
      }
      assertThat(oldest.isClosed()).isTrue();
      PreparedStatement kept = make(statements, handle, "SELECT 20");
      statements.close(handle.getConnection());
      assertThat(kept.isClosed()).isTrue();
    }
  }

  private static PreparedStatement make(KeptStatements statements, Handle handle, String sql)
      throws SQLException {
    Connection connection = handle.getConnection();
    return statements.create(connection, sql, handle.createQuery(sql).getContext());
  }

  @Test
  void valuesOfOneUseAreNotThoseOfTheNext() {
    try (Handle handle = jdbi.open()) {
      assertThat(word(handle, "a")).isEqualTo("a");
      assertThat(word(handle, null)).isEqualTo("none");
    }
  }

  private static String word(Handle handle, @Nullable String word) {
    return handle
        .createQuery("SELECT word FROM words WHERE word = :word")
        .bind("word", word)
        .mapTo(String.class)
        .findOne()
        .orElse("none");
  }

  @Test
  void whatWasNotReadToItsEndKeepsNobodyWaiting() {
    try (Handle reader = jdbi.open();
        Handle writer = jdbi.open()) {
      for (int i = 4; i < 10; i++) {
        reader.begin();
        assertThat(reader.createQuery("SELECT word FROM words").mapTo(String.class).findFirst())
            .contains("a");
        assertThat(count(reader)).isEqualTo(i - 1);
        reader.commit();
        writer.execute("INSERT INTO words VALUES ('d')");
        // Nobody is left reading an older state: all of the journal can be taken over.
        assertThat(
                writer.createQuery("PRAGMA wal_checkpoint(TRUNCATE)").mapTo(Integer.class).first())
            .isZero();
        assertThat(count(reader)).isEqualTo(i);
      }
    }
  }

  private static int count(Handle handle) {
    return handle.createQuery("SELECT count(*) FROM words").mapTo(Integer.class).one();
  }
}
