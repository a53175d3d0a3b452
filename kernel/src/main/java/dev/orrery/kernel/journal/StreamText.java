package dev.orrery.kernel.journal;

import tools.jackson.databind.json.JsonMapper;

/**
 * Text of a stream as it looks after it was written to a page: a carriage return goes back to the
 * start of the line, a backspace takes a character away, and what follows is written over what is
 * there. As JupyterLab's output model does it, down to what follows the cursor of a backspace, so
 * that what a page saves is what is kept here.
 */
final class StreamText {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final StringBuilder text = new StringBuilder();
  private int cursor;

  /** The content of the message that writes a text to a stream. */
  static byte[] content(String stream, String text) {
    return JSON.writeValueAsBytes(JSON.createObjectNode().put("name", stream).put("text", text));
  }

  void write(String more) {
    int from = 0;
    for (int at = 0; at < more.length(); at++) {
      char c = more.charAt(at);
      if (c != '\n' && c != '\r' && c != '\b') {
        continue;
      }
      put(more, from, at);
      from = at + 1;
      switch (c) {
        case '\n' -> {
          text.append('\n');
          cursor = text.length();
        }
        case '\r' -> cursor = text.lastIndexOf("\n", cursor - 1) + 1;
        default -> back();
      }
    }
    put(more, from, more.length());
  }

  private void put(String more, int from, int to) {
    int length = to - from;
    if (length == 0) {
      return;
    }
    if (cursor == text.length()) {
      text.append(more, from, to);
    } else {
      text.replace(cursor, Math.min(text.length(), cursor + length), more.substring(from, to));
    }
    cursor += length;
  }

  private void back() {
    if (cursor > 0 && text.charAt(cursor - 1) != '\n') {
      text.delete(cursor - 1, Math.min(text.length(), cursor + 1));
      cursor--;
    }
  }

  /** What makes the same text, with the cursor in the same place, when it is written. */
  String written() {
    if (cursor == text.length()) {
      return text.toString();
    }
    // The cursor never leaves the last line.
    int line = text.lastIndexOf("\n") + 1;
    return text + "\r" + text.substring(line, cursor);
  }

  int length() {
    return text.length();
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
