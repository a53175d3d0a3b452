package dev.orrery.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statements, their values and their rows, on SQLite. */
class SqlTest {

  private String url;
  private Sql sql;

  @BeforeEach
  void open(@TempDir Path folder) throws SQLException {
    url = "jdbc:sqlite:" + folder.resolve("words.sqlite");
    sql = connect();
    sql.select("PRAGMA journal_mode=WAL").map(RowMapper.TEXT).one();
    sql.execute("CREATE TABLE words (id INTEGER, word TEXT)");
    sql.execute("INSERT INTO words VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  }

  @AfterEach
  void close() {
    sql.close();
  }

  private Sql connect() throws SQLException {
    return new Sql(DriverManager.getConnection(url), Dialect.SQLITE);
  }

  @Test
  void valuesGoByPositionOrByName() {
    assertThat(sql.select("SELECT word FROM words WHERE id = ?", 2L).map(RowMapper.TEXT).findOne())
        .contains("b");
    assertThat(
            sql.createQuery("SELECT word FROM words WHERE id > :least AND word <> ':least'")
                .bind("least", 1)
                .map(RowMapper.TEXT)
                .list())
        .containsExactly("b", "c");
  }

  @Test
  void listsOfAnyLengthAreValues() {
    for (int length = 1; length <= 9; length++) {
      List<Long> ids = LongStream.rangeClosed(1, length).boxed().toList();
      assertThat(
              sql.createQuery("SELECT id FROM words WHERE id IN (<ids>) ORDER BY id")
                  .bindList("ids", ids)
                  .map(RowMapper.NUMBER)
                  .list())
          .isEqualTo(ids.subList(0, Math.min(3, length)));
    }
  }

  @Test
  void listsOfSimilarLengthShareAStatement() {
    String text = "id IN (<ids>)";
    assertThat(NamedSql.of(text, Map.of("ids", List.of(1L, 2L, 3L))))
        .isEqualTo(new NamedSql("id IN (?,?,?,?)", List.of(1L, 2L, 3L, 3L)));
    assertThat(NamedSql.of(text, Map.of("ids", List.of(1L))).text()).isEqualTo("id IN (?)");
  }

  @Test
  void signsThatOnlyLookLikeValuesAreNone() {
    String text = "SELECT a < b, a <> b, 'a:b <c>', x::text, ':name' WHERE :name = 1";
    assertThat(NamedSql.of(text, Map.of("name", 1)).text())
        .isEqualTo("SELECT a < b, a <> b, 'a:b <c>', x::text, ':name' WHERE ? = 1");
  }

  @Test
  void aValueThatIsMissingIsAMistake() {
    assertThatThrownBy(() -> NamedSql.of("SELECT :a, :b", Map.of("a", 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no value for b in: SELECT :a, :b");
  }

  @Test
  void valuesOfOneUseAreNotThoseOfTheNext() {
    assertThat(word("a")).contains("a");
    assertThat(word(null)).isEmpty();
  }

  private Optional<String> word(@Nullable String word) {
    return sql.createQuery("SELECT word FROM words WHERE word = :word")
        .bind("word", word)
        .map(RowMapper.TEXT)
        .findOne();
  }

  @Test
  void moreStatementsThanAreKeptAllWork() {
    for (int round = 0; round < 2; round++) {
      for (long i = 0; i < 500; i++) {
        assertThat(sql.select("SELECT " + i).map(RowMapper.NUMBER).one()).isEqualTo(i);
      }
    }
  }

  @Test
  void columnsGoByName() {
    assertThat(
            sql.select("SELECT id, word AS text, NULL AS none FROM words WHERE id = 1")
                .map(row ->
                    row.getLong("id") + row.getString("text") + row.text("none") + row.isNull("id"))
                .one())
        .isEqualTo("1aOptional.emptyfalse");
    assertThatThrownBy(
            () -> sql.select("SELECT id FROM words").map(row -> row.getLong("other")).list())
        .isInstanceOf(SqlFailure.class)
        .hasMessageContaining("No column other among [id]");
  }

  @Test
  void oneIsOne() {
    assertThatThrownBy(() -> sql.select("SELECT id FROM words").map(RowMapper.NUMBER).findOne())
        .hasMessage("3 rows in place of one");
    assertThatThrownBy(
            () -> sql.select("SELECT id FROM words WHERE id = 9").map(RowMapper.NUMBER).one())
        .hasMessage("no row in place of one");
    assertThat(sql.select("SELECT id FROM words ORDER BY id").map(RowMapper.NUMBER).findFirst())
        .contains(1L);
  }

  @Test
  void whatWasAskedKeepsNobodyWaiting() throws SQLException {
    try (Sql writer = connect()) {
      for (long i = 4; i < 10; i++) {
        sql.execute("BEGIN");
        assertThat(sql.select("SELECT word FROM words").map(RowMapper.TEXT).findFirst())
            .contains("a");
        sql.execute("COMMIT");
        writer.execute("INSERT INTO words VALUES (?, 'd')", i);
        // Nobody is left reading an older state: all of the journal can be taken over.
        assertThat(
                writer.select("PRAGMA wal_checkpoint(TRUNCATE)").map(RowMapper.NUMBER).findFirst())
            .contains(0L);
        assertThat(sql.select("SELECT count(*) FROM words").map(RowMapper.NUMBER).one())
            .isEqualTo(i);
      }
    }
  }
}
