package dev.orrery.hub.logins.accounts;

import java.util.List;
import java.util.Locale;

/**
 * Passwords that who guesses tries first, as almost all of those are that many people have: one
 * word or name with what people put around it and in place of its letters, few different
 * characters, keys and digits in a row.
 */
final class EasyPasswords {

  /** From so many letters on, letters alone are more than a word. */
  private static final int MORE_THAN_A_WORD = 12;

  private static final int FEW_DIFFERENT = 4;

  /** Characters that are next to each other, on keyboards and in the alphabet. */
  private static final List<String> ROWS =
      List.of(
          "01234567890",
          "abcdefghijklmnopqrstuvwxyz",
          "qwertyuiop[]",
          "asdfghjkl;'",
          "zxcvbnm,./",
          "qwertzuiop",
          "yxcvbnm",
          "azertyuiop",
          "qsdfghjklm",
          "!@#$%^&*()",
          "147258369",
          "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
          "1q2w3e4r5t6y7u8i9o0p",
          "1a2b3c4d5e6f");

  private EasyPasswords() {}

  /**
   * Whether a password is one of them.
   *
   * @param name of whose it would be
   */
  static boolean has(String password, String name) {
    String lower = password.toLowerCase(Locale.ROOT);
    return lower.codePoints().distinct().count() < FEW_DIFFERENT
        || isWord(bare(lower))
        || isWord(plain(bare(lower)))
        || !name.isEmpty() && bare(lower).equals(bare(name.toLowerCase(Locale.ROOT)))
        || isInRow(lower)
        || isRepeated(lower);
  }

  private static boolean isWord(String bare) {
    return bare.length() < MORE_THAN_A_WORD && bare.chars().allMatch(EasyPasswords::isLetter);
  }

  private static boolean isLetter(int c) {
    return c >= 'a' && c <= 'z';
  }

  /** Without the digits and signs before and after. */
  private static String bare(String lower) {
    return lower.replaceAll("^[0-9\\p{Punct}]+|[0-9\\p{Punct}]+$", "");
  }

  /** With letters for the digits and signs that stand for them. */
  private static String plain(String lower) {
    var plain = new StringBuilder(lower.length());
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      plain.append(
          switch (c) {
            case '0' -> 'o';
            case '1', '!' -> 'i';
            case '3' -> 'e';
            case '4', '@' -> 'a';
            case '5', '$' -> 's';
            case '7' -> 't';
            default -> c;
          });
    }
    return plain.toString();
  }

  /** Whether it is made of a few pieces of rows, forward or backward. */
  private static boolean isInRow(String lower) {
    int pieces = 0;
    int at = 0;
    while (at < lower.length()) {
      int end = at + 1;
      while (end < lower.length() && isPiece(lower.substring(at, end + 1))) {
        end++;
      }
      pieces++;
      at = end;
    }
    return pieces * 3 <= lower.length();
  }

  private static boolean isPiece(String text) {
    String back = new StringBuilder(text).reverse().toString();
    return ROWS.stream().anyMatch(row -> row.contains(text) || row.contains(back))
        || text.chars().distinct().count() == 1;
  }

  /** Whether it is one short piece again and again. */
  private static boolean isRepeated(String lower) {
    for (int length = 1; length <= Math.min(4, lower.length() / 2); length++) {
      String piece = lower.substring(0, length);
      if (lower.length() % length == 0 && piece.repeat(lower.length() / length).equals(lower)) {
        return true;
      }
    }
    return false;
  }
}
