package dev.orrery.hub.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresqlStoreTest extends StoreContract {

  private static EmbeddedPostgres server;
  private static Database database;

  @BeforeAll
  static void open() throws IOException {
    server = EmbeddedPostgres.start();
    database =
        Database.open(
            DatabaseUrl.parse(
                "postgresql://postgres@localhost:" + server.getPort() + "/postgres", Path.of("")),
            false);
  }

  @AfterAll
  static void close() throws IOException {
    database.close();
    server.close();
  }

  @Override
  Database database() {
    return database;
  }
}
