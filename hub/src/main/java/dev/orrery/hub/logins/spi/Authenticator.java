package dev.orrery.hub.logins.spi;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One way to find out who somebody is, from what they typed into the login form. It does not decide
 * who may come in: that is the same for all ways. Called by many threads at once; may block for
 * some seconds, not for ever.
 */
public interface Authenticator extends AutoCloseable {

  /** What is told of a name that there is not, and of a wrong password. */
  String WRONG = "Invalid username or password";

  /** What JupyterHub's settings call it, for logs and {@code /api/info}. */
  String className();

  /**
   * Finds out who this is.
   *
   * @param username as typed, normalised; may be anything
   * @param password as typed; never logged
   * @param form all fields, for ways that ask for more
   */
  Result authenticate(String username, String password, Map<String, String> form);

  /** Who somebody is who was asked nothing; nothing where people have to be asked. */
  default Optional<Accepted> automatic() {
    return Optional.empty();
  }

  /**
   * Whether somebody may come in by a rule of this way's own, besides those that all have: as a
   * member of a group, say. Asked of those who have proved who they are.
   */
  default boolean lets(String username) {
    return false;
  }

  @Override
  default void close() {}

  /** What came out. */
  sealed interface Result {}

  /**
   * They are who they say.
   *
   * @param name normalised
   * @param admin whether they are an administrator here; unknown leaves what is known of them
   * @param groups all that they are in; nothing where this way to log in knows of none
   * @param state what is kept of the login, a JSON object; nothing where there is nothing to keep
   * @param userInfo what everybody may know of them, a JSON object; nothing leaves what is known
   */
  record Accepted(
      String name,
      Admin admin,
      Optional<Set<String>> groups,
      Optional<String> state,
      Optional<String> userInfo)
      implements Result {

    public Accepted {
      groups = groups.map(Set::copyOf);
    }

    /** Somebody of whom nothing else is known. */
    public Accepted(String name, Admin admin) {
      this(name, admin, Optional.empty(), Optional.empty(), Optional.empty());
    }
  }

  /**
   * They are not.
   *
   * @param sentence for them; the same for a name that there is not and a wrong password
   */
  record Refused(String sentence) implements Result {}

  /** What a way to log in knows of somebody's rights. */
  enum Admin {
    YES,
    NO,
    UNKNOWN
  }
}
