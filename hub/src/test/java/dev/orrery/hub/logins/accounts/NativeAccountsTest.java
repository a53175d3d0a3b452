package dev.orrery.hub.logins.accounts;

import dev.orrery.hub.store.Accounts;

class NativeAccountsTest extends AccountContract {

  @Override
  Accounts.Kind kind() {
    return Accounts.Kind.NATIVE;
  }
}
