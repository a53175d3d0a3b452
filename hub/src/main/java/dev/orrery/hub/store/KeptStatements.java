package dev.orrery.hub.store;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * The statements of one connection of SQLite, kept to be used again: to compile one takes longer
 * than most take to run. PostgreSQL's driver keeps its own. Used by the connection's thread only.
 */
final class KeptStatements implements StatementBuilder {

  /** Lists in a statement make another one of it for each length. */
  private static final int MOST = 200;

  private final StatementBuilder made = new DefaultStatementBuilder();
  private final IdentityHashMap<Statement, String> lent = new IdentityHashMap<>();

  /** By their text, the one that was not used for the longest time first. */
  private final Map<String, PreparedStatement> kept = new LinkedHashMap<>();

  @Override
  public Statement create(Connection connection, StatementContext context) throws SQLException {
    return made.create(connection, context);
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    PreparedStatement before = kept.remove(sql);
    PreparedStatement statement = before == null ? made.create(connection, sql, context) : before;
    lent.put(statement, sql);
    return statement;
  }

  @Override
  public CallableStatement createCall(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return made.createCall(connection, sql, context);
  }

  @Override
  public void close(Connection connection, String sql, Statement statement) throws SQLException {
    String text = lent.remove(statement);
    if (text == null
        || !(statement instanceof PreparedStatement prepared)
        || kept.containsKey(text)) {
      statement.close();
      return;
    }
    if (!rest(prepared)) {
      statement.close();
      return;
    }
    kept.put(text, prepared);
    if (kept.size() > MOST) {
      Iterator<PreparedStatement> oldest = kept.values().iterator();
      PreparedStatement last = oldest.next();
      oldest.remove();
      last.close();
    }
  }

  /**
   * Leaves nothing of its last use: a result that was not read to its end would keep a transaction
   * open, and what it was asked with may be secret.
   */
  private static boolean rest(PreparedStatement statement) {
    try {
      ResultSet unread = statement.getResultSet();
      if (unread != null) {
        unread.close();
      }
      statement.clearParameters();
      return true;
    } catch (SQLException e) {
      // Somebody still holds its result.
      return false;
    }
  }

  @Override
  public void close(Connection connection) {
    Deque<Statement> all = new ArrayDeque<>(kept.values());
    all.addAll(lent.keySet());
    kept.clear();
    lent.clear();
    for (Statement statement : all) {
      try {
        statement.close();
      } catch (SQLException e) {
        // The connection is about to be closed, which takes them all.
      }
    }
  }
}
