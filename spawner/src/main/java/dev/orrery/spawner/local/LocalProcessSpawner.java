package dev.orrery.spawner.local;

import static java.util.Objects.requireNonNull;

import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * Starts each server as a process of the account that has the user's name. The hub has to be root
 * for accounts other than its own. Needs {@code setsid} and {@code setpriv}, and {@code /proc}.
 * Limits and guarantees are told to the server, but not enforced.
 */
public final class LocalProcessSpawner extends LocalSpawner {

  private static final int ROOT = 0;

  private final Accounts accounts;
  private final Optional<Integer> self = Proc.self();
  private final Optional<Path> setpriv = Programs.ofSystem("setpriv");

  /** Starts nothing yet. */
  public LocalProcessSpawner(LocalProcessSettings settings) {
    this(settings, new SystemAccounts());
  }

  LocalProcessSpawner(LocalProcessSettings settings, Accounts accounts) {
    super(new LocalProcesses(requireNonNull(settings, "settings")));
    this.accounts = requireNonNull(accounts, "accounts");
  }

  @Override
  public Started start(SpawnRequest request, SpawnListener listener)
      throws SpawnFailure, InterruptedException {
    return processes.start(request, runAs(account(request.who().user())), listener);
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
