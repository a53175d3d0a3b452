package dev.orrery.kubernetes.names;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names that Kubernetes takes, made from any text so that two texts never get the same one. They
 * are those of KubeSpawner 7, whose pods and volumes are found by them.
 */
public final class Slugs {

  /** A name of an object has at most this many characters, so has the value of a label. */
  private static final int NAME_LENGTH = 63;

  private static final int HASH_LENGTH = 8;

  /** What a hashed name gets where nobody asked for a length. */
  private static final int USUAL_LENGTH = 32;

  private static final Pattern OBJECT_NAME = Pattern.compile("[a-z](?:[a-z0-9-]*[a-z0-9])?");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?");
  private static final Pattern NEITHER_LETTER_NOR_DIGIT = Pattern.compile("[^a-z0-9]+");

  private Slugs() {}

  /** Whether every kind of object can have this name, as RFC 1035 and RFC 1123 have it. */
  public static boolean isObjectName(String text) {
    return text.length() <= NAME_LENGTH && OBJECT_NAME.matcher(text).matches();
  }

  /** Whether a label can have this value; the empty text is one. */
  public static boolean isLabelValue(String text) {
    return text.length() <= NAME_LENGTH && LABEL_VALUE.matcher(text).matches();
  }

  /**
   * A name for an object, of at most {@code maxLength} characters: the text itself where it is one,
   * else what is left of it and a hash.
   *
   * @param maxLength 12 to 63
   */
  public static String objectName(String text, int maxLength) {
    return isObjectName(text) && text.length() <= maxLength && !text.contains("--")
        ? text
        : hashed(text, maxLength);
  }

  /** A value for a label: the text itself where it is one, else what is left of it and a hash. */
  public static String labelValue(String text) {
    return isLabelValue(text) && !text.contains("--") ? text : hashed(text, USUAL_LENGTH);
  }

  /**
   * One name for several texts, with one hash of all of them.
   *
   * @param maxLength enough for two characters of each, and 13
   */
  static String together(List<String> texts, int maxLength) {
    // No text in UTF-8 has the byte 0xff, so that it tells where one ends and the next begins.
    MessageDigest digest = Sha256.digest();
    var parts = new StringBuilder();
    int each = (maxLength - HASH_LENGTH - 1) / texts.size() - 2;
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        digest.update((byte) 0xff);
        parts.append("--");
      }
      digest.update(texts.get(i).getBytes(UTF_8));
      parts.append(remains(texts.get(i), each));
    }
    return parts + "---" + shortened(digest.digest());
  }

  /**
   * The name by the scheme of KubeSpawner before its version 7: each byte that is no lower-case
   * letter and no digit is a hyphen and two hexadecimal digits. It may be too long, or begin or end
   * with a hyphen.
   */
  public static String escaped(String text) {
    var escaped = new StringBuilder();
    for (byte b : text.getBytes(UTF_8)) {
      if (b >= 'a' && b <= 'z' || b >= '0' && b <= '9') {
        escaped.append((char) b);
      } else {
        escaped.append('-').append(HexFormat.of().toHexDigits(b));
      }
    }
    return escaped.toString();
  }

  private static String hashed(String text, int maxLength) {
    String hash = shortened(Sha256.digest().digest(text.getBytes(UTF_8)));
    return remains(text, maxLength - HASH_LENGTH - 3) + "---" + hash;
  }

  /** What people still recognise: letters, digits and single hyphens, at least one character. */
  private static String remains(String text, int maxLength) {
    String kept = NEITHER_LETTER_NOR_DIGIT.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-");
    kept = kept.startsWith("-") ? kept.substring(1) : kept;
    kept = withoutHyphenAtEnd(kept.substring(0, Math.min(kept.length(), maxLength)));
    if (kept.isEmpty()) {
      return "x";
    }
    return Character.isDigit(kept.charAt(0))
        ? "x-" + kept.substring(0, Math.min(kept.length(), maxLength - 2))
        : kept;
  }

  private static String withoutHyphenAtEnd(String text) {
    return text.endsWith("-") ? text.substring(0, text.length() - 1) : text;
  }

  private static String shortened(byte[] hash) {
    return HexFormat.of().formatHex(hash).substring(0, HASH_LENGTH);
  }
}
