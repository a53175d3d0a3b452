package dev.orrery.cli.crash;

import java.nio.file.Path;

class SqliteCrashTest extends CrashContract {

  @Override
  String openDatabase(Path folder) {
    return "sqlite:///" + folder.resolve("hub.sqlite");
  }

  @Override
  void closeDatabase() {
    // A file of the folder.
  }
}
