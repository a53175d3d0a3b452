package dev.orrery.cli.crash;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresqlCrashTest extends CrashContract {

  private static EmbeddedPostgres server;

  @BeforeAll
  static void open() throws IOException {
    server = EmbeddedPostgres.start();
  }

  @AfterAll
  static void close() throws IOException {
    server.close();
  }

  @Override
  String databaseUrl(Path folder) {
    return "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
  }
}
