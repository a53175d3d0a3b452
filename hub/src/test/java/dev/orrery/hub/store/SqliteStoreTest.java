package dev.orrery.hub.store;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
}
