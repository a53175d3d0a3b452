package dev.orrery.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The path of a request: cut at its slashes first and decoded afterwards, each segment once. A
 * segment that decodes to something that could be taken for more than one name is refused, so no
 * later code has to think about it.
 */
public final class RawPath {

  private RawPath() {}

  /**
   * Cuts and decodes a path.
   *
   * @param path the path as sent, percent-encoded, beginning with a slash
   * @return its segments, decoded; empty segments are kept ({@code /a//b} has three), a trailing
   *     slash gives a last empty segment
   * @throws HttpException 400 for a bad escape or bad UTF-8, 404 for a segment that is {@code .} or
   *     {@code ..} or holds a slash or NUL
   */
  public static List<String> segments(String path) {
    var segments = new ArrayList<String>();
    int start = 1;
    while (start <= path.length()) {
      int end = path.indexOf('/', start);
      if (end < 0) {
        end = path.length();
      }
      segments.add(decode(path.substring(start, end)));
      start = end + 1;
    }
    return segments;
  }

  private static String decode(String raw) {
    String segment = raw.indexOf('%') < 0 && isAscii(raw) ? raw : percentDecode(raw);
    if (segment.equals(".")
        || segment.equals("..")
        || segment.indexOf('/') >= 0
        || segment.indexOf('\0') >= 0) {
      throw new HttpException(404, "No such path: the part " + quoted(raw) + " is not a name");
    }
    return segment;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static String percentDecode(String raw) {
    byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
    var decoded = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        decoded.put(bytes[i]);
      } else if (i + 2 < bytes.length
          && HexFormat.isHexDigit(bytes[i + 1])
          && HexFormat.isHexDigit(bytes[i + 2])) {
        decoded.put(
            (byte)
                (HexFormat.fromHexDigit(bytes[i + 1]) << 4 | HexFormat.fromHexDigit(bytes[i + 2])));
        i += 2;
      } else {
        throw new HttpException(
            400, "Bad escape in the path part " + quoted(raw) + ": % needs two hex digits");
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(decoded.flip())
          .toString();
    } catch (CharacterCodingException e) {
      throw new HttpException(400, "The path part " + quoted(raw) + " is not UTF-8");
    }
  }

  private static String quoted(String raw) {
    return '\'' + (raw.length() > 80 ? raw.substring(0, 80) + "…" : raw) + '\'';
  }

  /** Percent-encodes one segment so that {@link #segments} gives it back. */
  public static String encode(String segment) {
    var encoded = new StringBuilder(segment.length() + 8);
    for (byte b : segment.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      if (c >= 'a' && c <= 'z'
          || c >= 'A' && c <= 'Z'
          || c >= '0' && c <= '9'
          || "-_.~!*'()@$&+,;=:".indexOf(c) >= 0) {
        encoded.append((char) c);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  /** Text as the value of a query field. */
  public static String encodeQuery(String text) {
    return encode(text)
        .replace("&", "%26")
        .replace("+", "%2B")
        .replace("=", "%3D")
        .replace(";", "%3B");
  }

  /** Encodes a path of names separated by slashes, each name on its own. */
  public static String encodePath(String path) {
    var encoded = new StringBuilder(path.length() + 16);
    for (String segment : path.split("/", -1)) {
      if (encoded.length() > 0 || path.startsWith("/")) {
        encoded.append('/');
      }
      encoded.append(encode(segment));
    }
    return path.startsWith("/") ? encoded.substring(1) : encoded.toString();
  }
}
