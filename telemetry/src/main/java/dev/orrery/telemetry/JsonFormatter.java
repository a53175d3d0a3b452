package dev.orrery.telemetry;

import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One JSON object per line: {@code time}, {@code level}, {@code logger}, {@code message}, and what
 * else is known.
 */
final class JsonFormatter extends Formatter {

  @Override
  public String format(LogRecord record) {
    var json = new StringBuilder(192);
    json.append("{\"time\":\"").append(DateTimeFormatter.ISO_INSTANT.format(record.getInstant()));
    json.append("\",\"level\":\"").append(levelName(record));
    json.append("\",\"logger\":");
    quote(json, record.getLoggerName() == null ? "" : record.getLoggerName());
    json.append(",\"message\":");
    quote(json, formatMessage(record));
    RequestId.current()
        .ifPresent(id -> {
          json.append(",\"request_id\":");
          quote(json, id);
        });
    if (record.getThrown() != null) {
      json.append(",\"exception\":");
      quote(json, LineFormatter.stackTrace(record.getThrown()));
    }
    return json.append("}\n").toString();
  }

  private static String levelName(LogRecord record) {
    return switch (LineFormatter.letter(record.getLevel())) {
      case 'E' -> "error";
      case 'W' -> "warning";
      case 'I' -> "info";
      default -> "debug";
    };
  }

  static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20
              || c == 0x2028
              || c == 0x2029
              || (Character.isSurrogate(c) && !paired(text, i))) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static boolean paired(String text, int i) {
    char c = text.charAt(i);
    return Character.isHighSurrogate(c)
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
