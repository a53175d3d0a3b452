package dev.orrery.telemetry;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * {@code [I 2026-01-31 12:00:00.123 server] message}: the shape of Jupyter's own log lines, which
 * log collectors and clients already parse.
 */
final class LineFormatter extends Formatter {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS");

  @Override
  public String format(LogRecord record) {
    var line = new StringBuilder(128);
    line.append('[').append(letter(record.getLevel())).append(' ');
    line.append(TIME.format(LocalDateTime.ofInstant(record.getInstant(), ZoneId.systemDefault())));
    line.append(' ').append(component(record)).append("] ");
    line.append(oneRecordOneLine(formatMessage(record)));
    RequestId.current().ifPresent(id -> line.append(" [").append(id).append(']'));
    line.append('\n');
    if (record.getThrown() != null) {
      line.append(stackTrace(record.getThrown()));
    }
    return line.toString();
  }

  /**
   * Control characters of a hostile message must not start a line that looks like a record of ours.
   */
  static String oneRecordOneLine(String message) {
    StringBuilder safe = null;
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      boolean keep = c >= 0x20 && c != 0x7f;
      // Our own multi-line messages (the start banner) indent what follows a line break.
      boolean indentedBreak = c == '\n' && i + 1 < message.length() && message.charAt(i + 1) == ' ';
      if (!keep && !indentedBreak && c != '\t') {
        if (safe == null) {
          safe = new StringBuilder(message.length() + 8).append(message, 0, i);
        }
        safe.append(c == '\n' ? "\\n" : String.format("\\x%02x", (int) c));
      } else if (safe != null) {
        safe.append(c);
      }
    }
    return safe == null ? message : safe.toString();
  }

  static char letter(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return 'E';
    }
    if (level.intValue() >= Level.WARNING.intValue()) {
      return 'W';
    }
    return level.intValue() >= Level.INFO.intValue() ? 'I' : 'D';
  }

  /**
   * The part of the product a logger belongs to: {@code dev.orrery.server.kernels.X} is {@code
   * server}.
   */
  static String component(LogRecord record) {
    String name = record.getLoggerName();
    if (name == null || name.isEmpty()) {
      return "orrery";
    }
    String prefix = "dev.orrery.";
    if (name.startsWith(prefix)) {
      int end = name.indexOf('.', prefix.length());
      return end < 0 ? name.substring(prefix.length()) : name.substring(prefix.length(), end);
    }
    return name.substring(name.lastIndexOf('.') + 1);
  }

  static String stackTrace(Throwable thrown) {
    var text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }
}
