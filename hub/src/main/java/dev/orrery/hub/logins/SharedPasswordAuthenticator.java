package dev.orrery.hub.logins;

import dev.orrery.hub.logins.spi.Authenticator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One password for all, and another one for administrators. */
final class SharedPasswordAuthenticator implements Authenticator {

  private static final int LEAST_FOR_USERS = 8;
  private static final int LEAST_FOR_ADMINS = 32;

  private final String userPassword;
  private final String adminPassword;
  private final Set<String> admins;

  private final Map<String, List<String>> groups;

  SharedPasswordAuthenticator(
      String userPassword,
      String adminPassword,
      Set<String> admins,
      Map<String, List<String>> groups) {
    this.groups = Map.copyOf(groups);
    this.userPassword = userPassword;
    this.adminPassword = adminPassword;
    this.admins = Set.copyOf(admins);
  }

  /** What is wrong with the passwords; nothing when all is well. */
  static List<String> problems(String userPassword, String adminPassword) {
    var problems = new ArrayList<String>();
    if (!userPassword.isEmpty() && userPassword.length() < LEAST_FOR_USERS) {
      problems.add("user_password has at least " + LEAST_FOR_USERS + " characters");
    }
    if (!adminPassword.isEmpty() && adminPassword.length() < LEAST_FOR_ADMINS) {
      problems.add("admin_password has at least " + LEAST_FOR_ADMINS + " characters");
    }
    if (!adminPassword.isEmpty() && adminPassword.equals(userPassword)) {
      problems.add("user_password and admin_password are not the same");
    }
    return problems;
  }

  @Override
  public String className() {
    return "jupyterhub.authenticators.shared.SharedPasswordAuthenticator";
  }

  @Override
  public Result authenticate(String username, String password, Map<String, String> form) {
    if (admins.contains(username)) {
      return isRight(adminPassword, password)
          ? accepted(username, Admin.YES, List.of())
          : new Refused(WRONG);
    }
    if (isRight(userPassword, password)) {
      return accepted(username, Admin.NO, List.of());
    }
    return groups.entrySet().stream()
        .filter(group -> isRight(group.getKey(), password))
        .findFirst()
        .<Result>map(group -> accepted(username, Admin.UNKNOWN, group.getValue()))
        .orElseGet(() -> new Refused(WRONG));
  }

  private static Accepted accepted(String username, Admin admin, List<String> groups) {
    return new Accepted(
        username, admin, Optional.of(Set.copyOf(groups)), Optional.empty(), Optional.empty());
  }

  private static boolean isRight(String wanted, String given) {
    return !wanted.isEmpty()
        && MessageDigest.isEqual(
            wanted.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
