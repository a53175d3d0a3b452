package dev.orrery.spawner.local;

import java.io.IOException;
import java.util.Optional;

/** Whom the machine knows. */
@FunctionalInterface
interface Accounts {

  /** The account of exactly that name. */
  Optional<Account> find(String name) throws IOException, InterruptedException;
}
