package dev.orrery.cli.crash;

import java.nio.file.Path;

class SqliteCrashTest extends CrashContract {

  @Override
  String databaseUrl(Path folder) {
    return "sqlite:///" + folder.resolve("hub.sqlite");
  }
}
