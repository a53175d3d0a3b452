package dev.orrery.spawner.local;

import dev.orrery.spawner.spi.SpawnFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/** What it takes to run something as an account of this machine, which root alone may. */
final class AsAccount {

  private static final int ROOT = 0;

  private final Accounts accounts;
  private final Optional<Integer> self = Proc.self();
  private final Optional<Path> setpriv = Programs.ofSystem("setpriv");

  AsAccount(Accounts accounts) {
    this.accounts = accounts;
  }

  /** How to run something as the account of that name. */
  RunAs of(String user) throws SpawnFailure, InterruptedException {
    return runAs(account(user));
  }

  private Account account(String user) throws SpawnFailure, InterruptedException {
    try {
      return accounts
          .find(user)
          .orElseThrow(() ->
              SpawnFailure.refused(
                  "account",
                  "There is no account '"
                      + user
                      + "' on this machine; an administrator has to make one."));
    } catch (IOException e) {
      throw SpawnFailure.failed(
          "account", "The account '" + user + "' could not be looked up: " + e.getMessage());
    }
  }

  private RunAs runAs(Account account) throws SpawnFailure {
    if (self.isEmpty()) {
      throw SpawnFailure.failed(
          "proc", "Servers can't be started on this machine: there is no /proc.");
    }
    var environment = new HashMap<String, String>();
    environment.put("USER", account.name());
    if (!account.home().isEmpty()) {
      environment.put("HOME", account.home());
    }
    if (!account.shell().isEmpty()) {
      environment.put("SHELL", account.shell());
    }
    return new RunAs(launcher(account), directory(account.home()), environment);
  }

  private List<String> launcher(Account account) throws SpawnFailure {
    int uid = self.orElseThrow();
    if (account.uid() == uid) {
      return List.of();
    }
    if (uid != ROOT) {
      throw SpawnFailure.failed(
          "account",
          "The hub can start servers of other accounts only when it runs as root; '"
              + account.name()
              + "' is not the account it runs as.");
    }
    if (setpriv.isEmpty()) {
      throw SpawnFailure.failed(
          "setpriv",
          "The server can't be started as '"
              + account.name()
              + "': the program setpriv is missing on this machine.");
    }
    return List.of(
        setpriv.get().toString(),
        "--reuid=" + Integer.toUnsignedString(account.uid()),
        "--regid=" + Integer.toUnsignedString(account.gid()),
        "--init-groups",
        "--");
  }

  /** The home, or what is there of it. */
  private static Path directory(String home) {
    try {
      for (Path path = Path.of(home); path != null; path = path.getParent()) {
        if (path.isAbsolute() && Files.isDirectory(path)) {
          return path;
        }
      }
    } catch (InvalidPathException e) {
      // As good as none.
    }
    return Path.of("/");
  }
}
