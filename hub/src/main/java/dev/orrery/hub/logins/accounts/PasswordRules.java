package dev.orrery.hub.logins.accounts;

import dev.orrery.hub.settings.AccountSettings;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a new password has to be.
 *
 * @param leastCharacters of it
 * @param mostBytes of it in UTF-8, beyond which it would not count
 * @param refusesCommon whether those that many people have are refused
 */
public record PasswordRules(int leastCharacters, int mostBytes, boolean refusesCommon) {

  static PasswordRules of(AccountSettings settings, Hashing hashing) {
    return new PasswordRules(
        settings.leastCharacters(), hashing.mostBytes(), settings.refusesCommon());
  }

  /** Why it can't be somebody's password; nothing when it can. */
  Optional<Objection> objection(String name, String password) {
    if (password.codePointCount(0, password.length()) < leastCharacters) {
      return Optional.of(Objection.SHORT);
    }
    if (password.indexOf('\0') >= 0
        || password.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
      return Optional.of(Objection.LONG);
    }
    return refusesCommon && EasyPasswords.has(password, name)
        ? Optional.of(Objection.COMMON)
        : Optional.empty();
  }
}
