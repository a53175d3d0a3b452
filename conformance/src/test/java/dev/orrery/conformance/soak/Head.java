package dev.orrery.conformance.soak;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The head of a message: its first line and its fields, whose names are in small letters. */
record Head(String line, Map<String, String> fields) {

  static Head parse(String text) {
    String[] lines = text.split("\r\n");
    var fields = new HashMap<String, String>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      fields.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    return new Head(lines[0], fields);
  }

  String field(String name) {
    return fields.getOrDefault(name, "");
  }

  String method() {
    return line.split(" ")[0];
  }

  String target() {
    return line.split(" ")[1];
  }

  int status() {
    return Integer.parseInt(line.split(" ")[1]);
  }

  boolean isChunked() {
    return field("transfer-encoding").equals("chunked");
  }

  /** Whether the sender closes the connection after this message. */
  boolean closes() {
    return field("connection").equals("close");
  }
}
