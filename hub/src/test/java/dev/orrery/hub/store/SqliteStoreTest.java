package dev.orrery.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {

  private static Database database;

  @BeforeAll
  static void open(@TempDir Path folder) {
    database =
        Database.open(new DatabaseUrl.SqliteFile(folder.resolve("jupyterhub.sqlite")), false);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Override
  Database database() {
    return database;
  }

  @Test
  void passwordsOfTheFormerTableStay(@TempDir Path folder) throws SQLException {
    Path file = folder.resolve("older.sqlite");
    try (var made = Database.open(new DatabaseUrl.SqliteFile(file), false)) {
      made.change(tx -> tx.users().create("ann", false, "cookie", Instant.EPOCH));
    }
    try (Sql sql = new Sql(DriverManager.getConnection("jdbc:sqlite:" + file), Dialect.SQLITE)) {
      sql.execute("DROP TABLE orrery_passwords");
      sql.execute(
          "CREATE TABLE orrery_accounts (user_id INTEGER NOT NULL, password VARCHAR(255),"
              + " approved BOOLEAN NOT NULL, changed DATETIME)");
      sql.execute("INSERT INTO orrery_accounts VALUES (1, 'hash', TRUE, NULL)");
    }
    for (int start = 0; start < 2; start++) {
      try (var opened = Database.open(new DatabaseUrl.SqliteFile(file), false)) {
        Optional<Account> kept = opened.read(tx -> tx.accounts(Accounts.Kind.OWN).find("ann"));
        assertThat(kept).contains(new Account("ann", "hash", true, ""));
      }
    }
  }
}
