package dev.orrery.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a form sends as {@code multipart/form-data}, read whole: bodies are bounded before.
 *
 * @param fields what was filled in, by the names of fields
 * @param files what was chosen, by the names of fields
 */
public record MultipartForm(Map<String, List<String>> fields, Map<String, List<Sent>> files) {

  private static final String TYPE = "multipart/form-data";
  private static final int MOST_PARTS = 1_000;
  private static final byte[] BLANK_LINE = "\r\n\r\n".getBytes(ISO_8859_1);
  private static final Pattern PARAMETER =
      Pattern.compile(
          ";\\s*([a-z*]+)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^;\\s]*))", Pattern.CASE_INSENSITIVE);

  /**
   * A file.
   *
   * @param name what the browser says it is called; never a path to be used
   * @param type what the browser takes it for; empty when it does not say
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Sent(String name, String type, byte[] bytes) {}

  /** Whether a request says that it is such a form. */
  public static boolean isSent(Exchange exchange) {
    return exchange
        .header("Content-Type")
        .map(type -> type.toLowerCase(Locale.ROOT).strip().startsWith(TYPE))
        .orElse(false);
  }

  /**
   * Reads the form.
   *
   * @throws HttpException 400 when it is broken off, or has too many parts
   */
  public static MultipartForm read(Exchange exchange) throws IOException {
    String boundary =
        parameter(exchange.header("Content-Type").orElse(""), "boundary")
            .filter(text -> !text.isEmpty() && text.length() <= 70)
            .orElseThrow(() -> broken("its Content-Type names no boundary"));
    return parse(exchange.bodyBytes(), ("--" + boundary).getBytes(ISO_8859_1));
  }

  private static MultipartForm parse(byte[] body, byte[] mark) {
    var fields = new LinkedHashMap<String, List<String>>();
    var files = new LinkedHashMap<String, List<Sent>>();
    byte[] end = ("\r\n" + new String(mark, ISO_8859_1)).getBytes(ISO_8859_1);
    int at = find(body, mark, 0) + mark.length;
    for (int parts = 0; at >= mark.length && parts <= MOST_PARTS; parts++) {
      if (startsWith(body, at, "--")) {
        return new MultipartForm(fields, files);
      }
      int rest = find(body, BLANK_LINE, at);
      int next = rest < 0 ? -1 : find(body, end, rest + 2);
      if (!startsWith(body, at, "\r\n") || next < 0) {
        break;
      }
      byte[] content = Arrays.copyOfRange(body, rest + 4, Math.max(next, rest + 4));
      add(new String(body, at, rest - at, StandardCharsets.UTF_8), content, fields, files);
      at = next + end.length;
    }
    throw broken("it is broken off, or has more than " + MOST_PARTS + " parts");
  }

  private static void add(
      String headers,
      byte[] content,
      Map<String, List<String>> fields,
      Map<String, List<Sent>> files) {
    String disposition = header(headers, "content-disposition");
    String name =
        parameter(disposition, "name").orElseThrow(() -> broken("a part of it has no name"));
    Optional<String> file = parameter(disposition, "filename");
    if (file.isPresent()) {
      // A field for a file in which none was chosen sends one without a name.
      if (!file.get().isEmpty()) {
        files
            .computeIfAbsent(name, _ -> new ArrayList<>())
            .add(new Sent(file.get(), header(headers, "content-type"), content));
      }
      return;
    }
    fields
        .computeIfAbsent(name, _ -> new ArrayList<>())
        .add(new String(content, StandardCharsets.UTF_8));
  }

  private static String header(String headers, String name) {
    return headers
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** Browsers write a quote in a name as {@code %22}, and nothing else in a special way. */
  private static Optional<String> parameter(String header, String name) {
    Matcher matcher = PARAMETER.matcher(header);
    while (matcher.find()) {
      if (matcher.group(1).equalsIgnoreCase(name)) {
        String quoted = matcher.group(2);
        return Optional.of(
            (quoted == null ? matcher.group(3) : quoted.replace("\\\"", "\""))
                .replace("%22", "\""));
      }
    }
    return Optional.empty();
  }

  private static boolean startsWith(byte[] body, int at, String text) {
    if (at < 0 || at + text.length() > body.length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (body[at + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int find(byte[] body, byte[] wanted, int from) {
    for (int at = Math.max(from, 0); at <= body.length - wanted.length; at++) {
      if (Arrays.equals(body, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    return -1;
  }

  private static HttpException broken(String why) {
    return new HttpException(400, "The form can't be read: " + why);
  }
}
