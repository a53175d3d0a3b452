package dev.orrery.server.lab;

import dev.orrery.http.Json;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Titles, descriptions and menus of settings schemas in one language. For one answer: what was read
 * of a pack is kept as long as this. Source: jupyterlab_server 2.28, {@code translation_utils.py}.
 */
final class SchemaTranslation {

  private static final String HINTS = "jupyter.lab.internationalization";

  /** Which texts are translated, by their places, and in which context they stand. */
  private static final Map<Pattern, String> PLACES =
      Map.of(
          Pattern.compile("/properties/.*/(title|description)"), "settings",
          Pattern.compile("/definitions/.*/properties/.*/(title|description)"), "settings",
          Pattern.compile("/(title|description)"), "schema",
          Pattern.compile("/jupyter\\.lab\\.setting-icon-label"), "settings",
          Pattern.compile("/jupyter\\.lab\\.menus/.*/label"), "menu",
          Pattern.compile("/jupyter\\.lab\\.toolbars/.*/label"), "toolbar");

  private final LanguagePacks packs;
  private final String locale;
  private final Map<String, Path> domains;
  private final Map<String, ObjectNode> read = new HashMap<>();

  SchemaTranslation(LanguagePacks packs, String locale) {
    this.packs = packs;
    this.locale = locale;
    domains = locale.equals("en") || locale.startsWith("en_") ? Map.of() : packs.domains(locale);
  }

  /** Whether there is nothing to translate with. */
  boolean isEmpty() {
    return domains.isEmpty();
  }

  /** Translates {@code schema} in place. */
  void translate(ObjectNode schema) {
    JsonNode hints = schema.path(HINTS);
    ObjectNode texts = texts(hints.path("domain").asString("jupyterlab").replace('-', '_'));
    if (texts.isEmpty()) {
      return;
    }
    Map<Pattern, String> places = new LinkedHashMap<>(PLACES);
    hints
        .path("selectors")
        .valueStream()
        .forEach(selector -> {
          try {
            places.putIfAbsent(Pattern.compile("/" + selector.asString("")), "schema");
          } catch (PatternSyntaxException e) {
            // A place that Java can't read is left in English.
          }
        });
    translate(schema, "", places, texts);
  }

  private ObjectNode texts(String domain) {
    return read.computeIfAbsent(
        domain,
        name -> {
          Path file = domains.get(name);
          return file == null
              ? Json.object()
              : packs.read(locale, name, file).orElseGet(Json::object);
        });
  }

  private static void translate(
      ObjectNode object, String at, Map<Pattern, String> places, ObjectNode texts) {
    for (var entry : object.properties()) {
      String path = at + "/" + entry.getKey();
      switch (entry.getValue()) {
        case StringNode text -> {
          for (var place : places.entrySet()) {
            if (place.getKey().matcher(path).matches()) {
              // The separator of context and text in gettext.
              JsonNode found = texts.path(place.getValue() + "\u0004" + text.asString()).path(0);
              if (found.isString()) {
                entry.setValue(found);
              }
              break;
            }
          }
        }
        case ObjectNode inside -> translate(inside, path, places, texts);
        case ArrayNode list -> {
          for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof ObjectNode inside) {
              translate(inside, path + "[" + i + "]", places, texts);
            }
          }
        }
        default -> {}
      }
    }
  }
}
