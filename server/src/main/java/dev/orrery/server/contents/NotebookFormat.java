package dev.orrery.server.contents;

import dev.orrery.http.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The notebook format, version 4: long texts are lists of lines on disk and single strings in the
 * API; keys are sorted and indented by one, so that version control sees small changes. Source:
 * nbformat 5.11, {@code v4/rwbase.py} and {@code v4/nbjson.py}.
 */
final class NotebookFormat {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Line ends of Python's {@code str.splitlines}. */
  private static final String LINE_ENDS = "\n\r\u000b\f\u001c\u001d\u001e\u0085\u2028\u2029";

  /** Besides text, what is split into lines on disk; pictures stay one string. */
  private static final Set<String> SPLIT_TYPES = Set.of("application/javascript", "image/svg+xml");

  private NotebookFormat() {}

  /** A new notebook without cells. */
  static ObjectNode empty() {
    ObjectNode notebook = Json.object();
    notebook.putArray("cells");
    notebook.putObject("metadata");
    return notebook.put("nbformat", 4).put("nbformat_minor", 5);
  }

  /** Why {@code node} can't be shown as a notebook at all; empty when it can. */
  static Optional<String> refusal(JsonNode node) {
    if (!(node instanceof ObjectNode)) {
      return Optional.of("a notebook is a JSON object");
    }
    int major = node.path("nbformat").asInt(0);
    if (major != 4) {
      return Optional.of(
          major == 0
              ? "it has no 'nbformat' number"
              : "its format is "
                  + major
                  + ", and only format 4 can be read; 'jupyter nbconvert --to notebook' converts it");
    }
    return Optional.empty();
  }

  /**
   * What is wrong with a notebook that can be shown all the same; the words go into the model's
   * {@code message}.
   */
  static Optional<String> problem(ObjectNode notebook) {
    if (!notebook.path("cells").isArray()) {
      return Optional.of("'cells' is not a list");
    }
    if (!notebook.path("metadata").isObject()) {
      return Optional.of("'metadata' is not an object");
    }
    int index = 0;
    for (JsonNode cell : notebook.path("cells")) {
      Optional<String> problem = cellProblem(cell);
      if (problem.isPresent()) {
        return Optional.of("cell " + index + ": " + problem.get());
      }
      index++;
    }
    return Optional.empty();
  }

  private static Optional<String> cellProblem(JsonNode cell) {
    String type = cell.path("cell_type").asString("");
    if (!Set.of("code", "markdown", "raw").contains(type)) {
      return Optional.of("'cell_type' is '" + type + "', not code, markdown or raw");
    }
    if (!isText(cell.path("source"))) {
      return Optional.of("'source' is neither a text nor a list of lines");
    }
    if (!cell.path("metadata").isObject()) {
      return Optional.of("'metadata' is not an object");
    }
    if (type.equals("code")) {
      if (!cell.path("outputs").isArray()) {
        return Optional.of("'outputs' is not a list");
      }
      JsonNode count = cell.path("execution_count");
      if (!count.isNull() && !count.isIntegralNumber()) {
        return Optional.of("'execution_count' is neither a whole number nor null");
      }
    }
    return Optional.empty();
  }

  private static boolean isText(JsonNode node) {
    if (node.isString()) {
      return true;
    }
    if (!node.isArray()) {
      return false;
    }
    for (JsonNode line : node) {
      if (!line.isString()) {
        return false;
      }
    }
    return true;
  }

  /** Turns lists of lines into single strings, in place. */
  static void joinLines(ObjectNode notebook) {
    forEachText(notebook, NotebookFormat::join, mime -> !isJson(mime));
  }

  /** Turns single strings into lists of lines, in place. */
  static void splitLines(ObjectNode notebook) {
    forEachText(
        notebook,
        NotebookFormat::split,
        mime -> mime.startsWith("text/") || SPLIT_TYPES.contains(mime));
  }

  private static void forEachText(ObjectNode notebook, TextChange change, Predicate<String> types) {
    for (JsonNode cell : notebook.path("cells")) {
      if (!(cell instanceof ObjectNode object)) {
        continue;
      }
      change.apply(object, "source");
      for (JsonNode bundle : object.path("attachments")) {
        forEachMime(bundle, change, types);
      }
      for (JsonNode output : object.path("outputs")) {
        if (output instanceof ObjectNode one) {
          change.apply(one, "text");
          forEachMime(one.path("data"), change, types);
        }
      }
    }
  }

  private static void forEachMime(JsonNode bundle, TextChange change, Predicate<String> types) {
    if (bundle instanceof ObjectNode object) {
      for (String mime : new ArrayList<>(object.propertyNames())) {
        if (types.test(mime)) {
          change.apply(object, mime);
        }
      }
    }
  }

  private static boolean isJson(String mime) {
    return mime.equals("application/json")
        || mime.startsWith("application/") && mime.endsWith("+json");
  }

  @FunctionalInterface
  private interface TextChange {
    void apply(ObjectNode object, String field);
  }

  private static void join(ObjectNode object, String field) {
    if (object.path(field) instanceof ArrayNode lines && isText(lines)) {
      var text = new StringBuilder();
      lines.forEach(line -> text.append(line.asString()));
      object.put(field, text.toString());
    }
  }

  private static void split(ObjectNode object, String field) {
    if (object.path(field) instanceof StringNode text) {
      ArrayNode lines = Json.array();
      lines(text.asString()).forEach(lines::add);
      object.set(field, lines);
    }
  }

  static List<String> lines(String text) {
    var lines = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (LINE_ENDS.indexOf(c) >= 0) {
        if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
          i++;
        }
        lines.add(text.substring(start, i + 1));
        start = i + 1;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  /** Gives cells that have none, or one that another cell has, an id; from format 4.5 on. */
  static void repairIds(ObjectNode notebook) {
    if (notebook.path("nbformat_minor").asInt(0) < 5) {
      return;
    }
    var seen = new HashSet<String>();
    for (JsonNode cell : notebook.path("cells")) {
      if (cell instanceof ObjectNode object) {
        String id = object.path("id").asString("");
        if (!id.matches("[a-zA-Z0-9_-]{1,64}") || !seen.add(id)) {
          byte[] random = new byte[4];
          RANDOM.nextBytes(random);
          String created = HexFormat.of().formatHex(random);
          object.put("id", created);
          seen.add(created);
        }
      }
    }
  }

  /**
   * Removes what lives in memory only: trust marks, and the signature and origin of older formats.
   */
  static void stripTransient(ObjectNode notebook) {
    notebook.remove("orig_nbformat");
    notebook.remove("orig_nbformat_minor");
    if (notebook.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove("orig_nbformat");
      metadata.remove("orig_nbformat_minor");
      metadata.remove("signature");
    }
    for (JsonNode cell : notebook.path("cells")) {
      if (cell.path("metadata") instanceof ObjectNode metadata) {
        metadata.remove("trusted");
      }
    }
  }

  /** Writes {@code notebook} as it stands on disk; {@code out} is flushed and left open. */
  static void write(ObjectNode notebook, OutputStream out) throws IOException {
    Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
    try {
      write(notebook, 0, writer);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    writer.write('\n');
    writer.flush();
  }

  private static void write(JsonNode node, int depth, Writer out) throws IOException {
    switch (node) {
      case ObjectNode object when object.isEmpty() -> out.write("{}");
      case ObjectNode object -> {
        String separator = "{\n";
        for (String name : new TreeSet<>(object.propertyNames())) {
          out.write(separator);
          indent(depth + 1, out);
          out.write(Json.text(StringNode.valueOf(name)));
          out.write(": ");
          write(object.get(name), depth + 1, out);
          separator = ",\n";
        }
        out.write('\n');
        indent(depth, out);
        out.write('}');
      }
      case ArrayNode array when array.isEmpty() -> out.write("[]");
      case ArrayNode array -> {
        String separator = "[\n";
        for (JsonNode item : array) {
          out.write(separator);
          indent(depth + 1, out);
          write(item, depth + 1, out);
          separator = ",\n";
        }
        out.write('\n');
        indent(depth, out);
        out.write(']');
      }
      case DecimalNode decimal -> out.write(number(decimal.decimalValue()));
      default -> out.write(Json.text(node));
    }
  }

  /** A number with a fraction: its digits kept, in the notation Python chooses for its size. */
  static String number(BigDecimal value) {
    int exponent = value.precision() - value.scale() - 1;
    if (value.signum() == 0 || exponent >= -4 && exponent < 16) {
      String plain = value.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    String digits = value.unscaledValue().abs().toString().replaceFirst("(?<=.)0+$", "");
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return (value.signum() < 0 ? "-" : "")
        + mantissa
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  private static void indent(int depth, Writer out) throws IOException {
    for (int i = 0; i < depth; i++) {
      out.write(' ');
    }
  }
}
