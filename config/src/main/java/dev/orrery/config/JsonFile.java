package dev.orrery.config;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** Reads {@code {"Class": {"trait": value}}} and keeps the line of every value. */
final class JsonFile {

  /** NaN and Infinity are what Python's json reads too; comments it does not. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final JsonParser parser;
  private final Path path;
  private final int rank;
  private final Report report;
  private final Layer layer = new Layer();

  private JsonFile(JsonParser parser, Path path, int rank, Report report) {
    this.parser = parser;
    this.path = path;
    this.rank = rank;
    this.report = report;
  }

  static Layer read(Path path, int rank, Report report) {
    var text = FileText.read(path, report);
    if (text.isEmpty()) {
      return new Layer();
    }
    try (var parser = FACTORY.createParser(ObjectReadContext.empty(), text.get())) {
      var file = new JsonFile(parser, path, rank, report);
      file.document();
      return file.layer;
    } catch (JacksonException e) {
      report.problem(
          FileText.name(path),
          at(path, e.getLocation()),
          "is not valid JSON: " + withoutContent(e.getOriginalMessage()) + "; correct it there");
      return new Layer();
    }
  }

  /** The library quotes words of the file, and an unquoted one may be a token. */
  private static String withoutContent(String message) {
    return message.replaceAll("'[^']{2,}'", "");
  }

  private void document() {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      report.problem(
          FileText.name(path),
          here(),
          "must hold one JSON object such as {\"ServerApp\": {\"port\": 8888}}");
      return;
    }
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = name(seen, "");
      parser.nextToken();
      topLevel(key);
    }
    if (parser.nextToken() != null) {
      report.problem(
          FileText.name(path), here(), "goes on after its one JSON object; remove what follows");
    }
  }

  private void topLevel(String key) {
    if (parser.currentToken() == JsonToken.START_OBJECT && Layer.isSection(key)) {
      section(key);
    } else if (key.equals("version")) {
      version();
    } else if (Layer.isSection(key)) {
      report.problem(
          key, here(), "must be an object of settings; write {\"" + key + "\": {\"name\": value}}");
      skip();
    } else {
      report.warn(here() + ": '" + key + "' stands outside of a class section and is ignored");
      skip();
    }
  }

  private void version() {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getString().equals("1")) {
      return;
    }
    report.problem(
        "version", here(), "must be 1, the only version of JSON configuration; remove it");
    skip();
  }

  private void section(String section) {
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = name(seen, section + ".");
      parser.nextToken();
      if (parser.currentToken() == JsonToken.START_OBJECT && Layer.isSection(key)) {
        section(section + "." + key);
      } else {
        var origin = new Origin(here(), rank);
        layer.put(section, key, new Raw.Plain(value(section + "." + key), origin));
      }
    }
  }

  private @Nullable Object value(String setting) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(setting);
      case START_ARRAY -> array(setting);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case VALUE_NUMBER_INT -> PlainValues.whole(new BigInteger(parser.getString()));
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      default -> parser.getString();
    };
  }

  private Map<String, @Nullable Object> object(String setting) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = name(seen, setting + ".");
      parser.nextToken();
      map.put(key, value(setting));
    }
    return Collections.unmodifiableMap(map);
  }

  private List<@Nullable Object> array(String setting) {
    List<@Nullable Object> items = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      items.add(value(setting));
    }
    return Collections.unmodifiableList(items);
  }

  private String name(Set<String> seen, String prefix) {
    String key = String.valueOf(parser.currentName());
    if (!seen.add(key)) {
      report.problem(
          prefix + key, here(), "stands twice in one object; keep the one that is meant");
    }
    return key;
  }

  private void skip() {
    parser.skipChildren();
  }

  private String here() {
    return at(path, parser.currentTokenLocation());
  }

  private static String at(Path path, @Nullable TokenStreamLocation location) {
    return location == null
        ? path.toString()
        : path + ":" + location.getLineNr() + ":" + location.getColumnNr();
  }
}
