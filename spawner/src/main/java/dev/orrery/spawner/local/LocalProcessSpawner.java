package dev.orrery.spawner.local;

import static java.util.Objects.requireNonNull;

import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.SpawnListener;
import dev.orrery.spawner.spi.SpawnRequest;
import dev.orrery.spawner.spi.Started;

/**
 * Starts each server as a process of the account that has the user's name. The hub has to be root
 * for accounts other than its own. Needs {@code setsid} and {@code setpriv}, and {@code /proc}.
 * Limits and guarantees are told to the server, but not enforced.
 */
public final class LocalProcessSpawner extends LocalSpawner {

  private final AsAccount asAccount;

  /** Starts nothing yet. */
  public LocalProcessSpawner(LocalProcessSettings settings) {
    this(settings, new SystemAccounts());
  }

  LocalProcessSpawner(LocalProcessSettings settings, Accounts accounts) {
    super(new LocalProcesses(requireNonNull(settings, "settings")));
    this.asAccount = new AsAccount(requireNonNull(accounts, "accounts"));
  }

  @Override
  public Started start(SpawnRequest request, SpawnListener listener)
      throws SpawnFailure, InterruptedException {
    return processes.start(request, asAccount.of(request.who().user()), listener);
  }
}
