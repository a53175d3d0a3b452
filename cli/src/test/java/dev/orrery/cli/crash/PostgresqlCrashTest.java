package dev.orrery.cli.crash;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

class PostgresqlCrashTest extends CrashContract {

  private @Nullable EmbeddedPostgres server;

  @Override
  String openDatabase(Path folder) throws IOException {
    server = EmbeddedPostgres.start();
    return "postgresql://postgres@localhost:" + server.getPort() + "/postgres";
  }

  @Override
  void closeDatabase() throws IOException {
    if (server != null) {
      server.close();
    }
  }
}
