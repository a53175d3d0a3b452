package dev.orrery.config;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/** Reads one Python text or bytes literal with its prefix, quotes and escapes. */
final class PythonText {

  private static final Set<String> PREFIXES = Set.of("b", "br", "rb", "r", "u");

  private PythonText() {}

  sealed interface Part {}

  /** The content, for bytes with one character per byte, and where the literal ends. */
  record Read(String content, boolean bytes, int end) implements Part {}

  record Broken(String rule) implements Part {}

  static boolean isPrefix(String word) {
    return PREFIXES.contains(word.toLowerCase(Locale.ROOT));
  }

  /** Whether a text or bytes literal begins at this place. */
  static boolean startsAt(String text, int at) {
    int quote = quoteAfterPrefix(text, at);
    return quote < text.length()
        && (text.charAt(quote) == '"' || text.charAt(quote) == '\'')
        && (quote == at || isPrefix(text.substring(at, quote)));
  }

  private static int quoteAfterPrefix(String text, int at) {
    int quote = at;
    while (quote < text.length() && quote < at + 2 && Character.isLetter(text.charAt(quote))) {
      quote++;
    }
    return quote;
  }

  static byte[] latin1(CharSequence content) {
    return content.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  static Part read(String text, int start) {
    int quoteAt = quoteAfterPrefix(text, start);
    String prefix = text.substring(start, quoteAt).toLowerCase(Locale.ROOT);
    boolean bytes = prefix.contains("b");
    boolean raw = prefix.contains("r");
    String single = text.substring(quoteAt, quoteAt + 1);
    boolean triple = text.startsWith(single.repeat(3), quoteAt);
    String quotes = triple ? single.repeat(3) : single;
    var content = new StringBuilder();
    int at = quoteAt + quotes.length();
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith(quotes, at)) {
        return new Read(content.toString(), bytes, at + quotes.length());
      }
      if (c == '\n' && !triple) {
        break;
      }
      if (c == '\0') {
        return new Broken("it contains a null character");
      }
      if (bytes && c > 127) {
        return new Broken("bytes contain a character that is not ASCII");
      }
      if (c != '\\') {
        content.append(c);
        at++;
      } else if (at + 1 >= text.length()) {
        break;
      } else if (raw) {
        content.append(c).append(text.charAt(at + 1));
        at += 2;
      } else {
        int next = new Escape(text, at + 1, bytes).appendTo(content);
        if (next < 0) {
          return new Broken("it has an incomplete \\" + text.charAt(at + 1) + " escape");
        }
        at = next;
      }
    }
    return new Broken("a text has no closing quote");
  }

  /** One escape; {@code at} is the place after the backslash. */
  private record Escape(String text, int at, boolean bytes) {

    /** Appends what the escape means and returns the place after it, or -1. */
    int appendTo(StringBuilder content) {
      char c = text.charAt(at);
      if (c >= '0' && c <= '7') {
        return octal(content);
      }
      if (!bytes && c == 'u') {
        return hex(content, 4);
      }
      if (!bytes && c == 'U') {
        return hex(content, 8);
      }
      if (!bytes && c == 'N') {
        return named(content);
      }
      switch (c) {
        case 'x' -> {
          return hex(content, 2);
        }
        case '\n' -> {}
        case '\\', '\'', '"' -> content.append(c);
        case 'a' -> content.append('\u0007');
        case 'b' -> content.append('\b');
        case 'f' -> content.append('\f');
        case 'n' -> content.append('\n');
        case 'r' -> content.append('\r');
        case 't' -> content.append('\t');
        case 'v' -> content.append('\u000b');
        // An unknown escape stands for itself, backslash included.
        default -> {
          content.append('\\');
          return at;
        }
      }
      return at + 1;
    }

    private int octal(StringBuilder content) {
      int end = at;
      int value = 0;
      while (end < text.length() && end < at + 3 && "01234567".indexOf(text.charAt(end)) >= 0) {
        value = value * 8 + text.charAt(end) - '0';
        end++;
      }
      content.append((char) (bytes ? value & 0xff : value));
      return end;
    }

    private int hex(StringBuilder content, int digits) {
      int end = at + 1 + digits;
      if (end > text.length()) {
        return -1;
      }
      int value = 0;
      for (int i = at + 1; i < end; i++) {
        char c = text.charAt(i);
        int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
          return -1;
        }
        value = value << 4 | digit;
      }
      if (!Character.isValidCodePoint(value)) {
        return -1;
      }
      content.appendCodePoint(value);
      return end;
    }

    private int named(StringBuilder content) {
      int close = text.indexOf('}', at);
      if (!text.startsWith("{", at + 1) || close < 0) {
        return -1;
      }
      try {
        content.appendCodePoint(Character.codePointOf(text.substring(at + 2, close)));
        return close + 1;
      } catch (IllegalArgumentException e) {
        return -1;
      }
    }
  }
}
