package dev.orrery.config;

import java.io.StringWriter;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes what is set, for people and for machines. */
final class ShownConfig {

  private static final JsonFactory FACTORY = new JsonFactory();

  private ShownConfig() {}

  static String text(Settings settings) {
    var out = new StringBuilder();
    for (var section : Sections.of(settings.declarations()).entrySet()) {
      var traits = section.getValue().stream().filter(settings::isSet).toList();
      if (traits.isEmpty()) {
        continue;
      }
      out.append(section.getKey()).append('\n');
      for (var trait : traits) {
        String value =
            trait.isSecret() ? Resolver.SECRET : PlainValues.python(plain(settings, trait));
        out.append("  .").append(trait.name()).append(" = ").append(value);
        out.append("  (").append(settings.origin(trait)).append(")\n");
      }
    }
    return out.isEmpty() ? "Nothing is set; every setting has its default.\n" : out.toString();
  }

  static String json(Settings settings) {
    var out = new StringWriter();
    try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      for (var section : Sections.of(settings.declarations()).entrySet()) {
        var traits = section.getValue().stream().filter(settings::isSet).toList();
        if (traits.isEmpty()) {
          continue;
        }
        json.writeName(section.getKey()).writeStartObject();
        for (var trait : traits) {
          json.writeName(trait.name());
          write(json, trait.isSecret() ? Resolver.SECRET : plain(settings, trait));
        }
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    return out.append('\n').toString();
  }

  private static <T> @Nullable Object plain(Settings settings, Trait<T> trait) {
    return trait.kind().plain(settings.get(trait));
  }

  private static void write(JsonGenerator json, @Nullable Object value) {
    switch (value) {
      case null -> json.writeNull();
      case Boolean truth -> json.writeBoolean(truth);
      case Long number -> json.writeNumber(number);
      case BigInteger number -> json.writeNumber(number);
      case Double number when Double.isFinite(number) -> json.writeNumber(number);
      case List<?> items -> {
        json.writeStartArray();
        items.forEach(item -> write(json, item));
        json.writeEndArray();
      }
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach((key, item) -> {
          json.writeName(String.valueOf(key));
          write(json, item);
        });
        json.writeEndObject();
      }
      case String text -> json.writeString(text);
      default -> json.writeString(PlainValues.python(value));
    }
  }
}
