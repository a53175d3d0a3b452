package dev.orrery.hub.store;

/**
 * The database can't be used: not reached, not in time, or not of our revision. The message is a
 * sentence for the operator, without passwords.
 */
public final class DatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DatabaseException(String message) {
    super(message);
  }

  DatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
