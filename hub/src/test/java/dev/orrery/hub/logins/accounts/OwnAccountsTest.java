package dev.orrery.hub.logins.accounts;

import dev.orrery.hub.store.Accounts;

class OwnAccountsTest extends AccountContract {

  @Override
  Accounts.Kind kind() {
    return Accounts.Kind.OWN;
  }
}
