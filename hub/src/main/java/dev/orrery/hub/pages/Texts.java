package dev.orrery.hub.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/** What pages say in one language. The sentences are in {@code texts_<language>.properties}. */
final class Texts {

  /** The languages there are; the first one is for whoever asks for none of them. */
  static final List<String> LANGUAGES = List.of("en", "ko");

  private static final Map<String, Texts> ALL = new HashMap<>();

  static {
    LANGUAGES.forEach(language -> ALL.put(language, new Texts(language)));
  }

  private final String language;
  private final Map<String, String> texts = new HashMap<>();

  private Texts(String language) {
    this.language = language;
    String file = "texts_" + language + ".properties";
    try (InputStream in = Texts.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not in our jar");
      }
      var properties = new Properties();
      properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      properties.stringPropertyNames().forEach(key -> texts.put(key, properties.getProperty(key)));
    } catch (IOException e) {
      throw new UncheckedIOException(file + " of our jar can't be read", e);
    }
  }

  /** Those of a language there is. */
  static Texts of(String language) {
    Texts texts = ALL.get(language);
    if (texts == null) {
      throw new IllegalArgumentException("There are no texts in " + language);
    }
    return texts;
  }

  /** Those that a browser likes best, by its {@code Accept-Language}. */
  static Texts accepted(String header) {
    try {
      Locale best =
          Locale.lookup(
              Locale.LanguageRange.parse(header),
              LANGUAGES.stream().map(Locale::forLanguageTag).toList());
      return of(best == null ? LANGUAGES.getFirst() : best.getLanguage());
    } catch (IllegalArgumentException e) {
      return of(LANGUAGES.getFirst());
    }
  }

  String language() {
    return language;
  }

  Map<String, String> all() {
    return Map.copyOf(texts);
  }

  /** A sentence, with {@code {0}}, {@code {1}} and so on replaced. */
  String say(String key, Object... values) {
    String text = texts.get(key);
    if (text == null) {
      throw new IllegalArgumentException("No text is called " + key);
    }
    for (int i = 0; i < values.length; i++) {
      // What a person is called may look like a place for the next value.
      text = text.replace("{" + i + "}", String.valueOf(values[i]).replace('{', '\u0001'));
    }
    return text.replace('\u0001', '{');
  }
}
