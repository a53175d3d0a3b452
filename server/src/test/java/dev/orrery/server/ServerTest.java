package dev.orrery.server;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Tests that talk to a server: the one with ordinary settings is started when it is asked for. */
abstract class ServerTest {

  @TempDir(cleanup = CleanupMode.ALWAYS)
  @Nullable Path temp;

  private @Nullable TestNotebookServer running;

  /** The server of this test, started with {@code arguments} if it does not run yet. */
  final TestNotebookServer server(String... arguments) throws IOException {
    TestNotebookServer server = running;
    if (server == null) {
      if (temp == null) {
        throw new IllegalStateException("called outside of a test");
      }
      server = TestNotebookServer.start(temp.toRealPath(), arguments);
      running = server;
    }
    return server;
  }

  @AfterEach
  final void stop() {
    if (running != null) {
      running.close();
    }
  }
}
