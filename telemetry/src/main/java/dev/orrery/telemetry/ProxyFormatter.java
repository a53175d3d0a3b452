package dev.orrery.telemetry;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * {@code 2026-01-31T12:00:00.123Z [ConfigProxy] info: message}: the shape of
 * configurable-http-proxy's log lines, which people search and collectors parse.
 */
final class ProxyFormatter extends Formatter {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final boolean colour;

  ProxyFormatter(boolean colour) {
    this.colour = colour;
  }

  @Override
  public String format(LogRecord record) {
    var line = new StringBuilder(128);
    line.append(TIME.format(record.getInstant())).append(" [ConfigProxy] ");
    line.append(level(LineFormatter.letter(record.getLevel()))).append(": ");
    line.append(LineFormatter.oneRecordOneLine(formatMessage(record)));
    RequestId.current().ifPresent(id -> line.append(" [").append(id).append(']'));
    line.append('\n');
    if (record.getThrown() != null) {
      line.append(LineFormatter.stackTrace(record.getThrown()));
    }
    return line.toString();
  }

  private String level(char letter) {
    return switch (letter) {
      case 'E' -> coloured(31, "error");
      case 'W' -> coloured(33, "warn");
      case 'I' -> coloured(32, "info");
      default -> coloured(34, "debug");
    };
  }

  private String coloured(int code, String word) {
    return colour ? "\033[" + code + "m" + word + "\033[39m" : word;
  }
}
