package dev.orrery.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The kinds of traits that hold several values and that a command line fills item by item. */
final class Containers {

  private Containers() {}

  /** The value that a text of Python has; {@code rule} says what it must be. */
  private static <T> Conversion<T> literal(String text, String rule, Kind<T> kind) {
    return switch (PythonLiteral.parse(text)) {
      case Conversion.Good<Optional<Object>>(var value) -> kind.fromValue(value.orElse(null));
      case Conversion.Bad<Optional<Object>>(var why) -> Kinds.bad(rule + ", and " + why);
    };
  }

  record Texts() implements Kind<List<String>> {

    @Override
    public String label() {
      return "List";
    }

    @Override
    public boolean container() {
      return true;
    }

    @Override
    public Conversion<List<String>> fromValue(@Nullable Object value) {
      if (value instanceof String one) {
        // As traitlets takes it, and as JupyterLab's own test configuration is written.
        return Kinds.good(List.of(one));
      }
      if (!(value instanceof List<?> items)) {
        return Kinds.bad("must be a list of texts");
      }
      List<String> texts = new ArrayList<>();
      for (Object item : items) {
        if (!(item instanceof String text)) {
          return Kinds.bad(
              "must be a list of texts, and item " + (texts.size() + 1) + " is no text");
        }
        texts.add(text);
      }
      return Kinds.good(List.copyOf(texts));
    }

    @Override
    public Conversion<List<String>> fromTexts(List<String> texts, String home) {
      if (texts.size() == 1 && looksLikeList(texts.getFirst())) {
        return literal(texts.getFirst(), "must be a list of texts such as ['a', 'b']", this);
      }
      return Kinds.good(texts.stream().map(text -> Kinds.Text.expandHome(text, home)).toList());
    }

    private static boolean looksLikeList(String text) {
      return text.startsWith("[") && text.endsWith("]")
          || text.startsWith("(") && text.endsWith(")")
          || text.startsWith("{") && text.endsWith("}");
    }

    @Override
    public Object plain(List<String> value) {
      return value;
    }
  }

  /** A list of anything, such as the dictionaries of services. */
  record Anything() implements Kind<List<Object>> {

    private static final String RULE = "must be a list";

    @Override
    public String label() {
      return "List";
    }

    @Override
    public boolean container() {
      return true;
    }

    @Override
    public Conversion<List<Object>> fromValue(@Nullable Object value) {
      if (!(value instanceof List<?> items)) {
        return Kinds.bad(RULE);
      }
      List<Object> copy = new ArrayList<>();
      for (Object item : items) {
        @Nullable Object frozen = PlainValues.frozen(item);
        if (frozen == null) {
          return Kinds.bad(RULE + ", and item " + (copy.size() + 1) + " of it is None");
        }
        copy.add(frozen);
      }
      return Kinds.good(List.copyOf(copy));
    }

    @Override
    public Conversion<List<Object>> fromTexts(List<String> texts, String home) {
      if (texts.size() != 1) {
        return Kinds.bad(RULE + ": give all of it at once, such as [{'name': 'a'}]");
      }
      return literal(texts.getFirst(), RULE + " such as [{'name': 'a'}]", this);
    }

    @Override
    public Object plain(List<Object> value) {
      return value;
    }
  }

  /** A value of one of several forms. */
  record AnyOf(Set<Trait.Form> forms) implements Kind<Object> {

    @Override
    public String label() {
      return forms.stream().map(AnyOf::label).collect(Collectors.joining(" or "));
    }

    private static String label(Trait.Form form) {
      return switch (form) {
        case TEXT -> "Unicode";
        case LIST -> "List";
        case DICT -> "Dict";
      };
    }

    private String rule() {
      return "must be "
          + forms.stream()
              .map(form ->
                  switch (form) {
                    case TEXT -> "a text";
                    case LIST -> "a list";
                    case DICT -> "a dictionary";
                  })
              .collect(Collectors.joining(" or "));
    }

    @Override
    public Conversion<Object> fromValue(@Nullable Object value) {
      return switch (value) {
        case String text when forms.contains(Trait.Form.TEXT) -> Kinds.good(text);
        case List<?> list when forms.contains(Trait.Form.LIST) -> widened(new Anything(), list);
        case Map<?, ?> map when forms.contains(Trait.Form.DICT) -> widened(new Dict(), map);
        case null, default -> Kinds.bad(rule());
      };
    }

    private static <T> Conversion<Object> widened(Kind<T> kind, Object value) {
      return switch (kind.fromValue(value)) {
        case Conversion.Good<T>(var good) -> Kinds.good(good);
        case Conversion.Bad<T>(var why) -> Kinds.bad(why);
      };
    }

    @Override
    public Conversion<Object> fromTexts(List<String> texts, String home) {
      if (texts.size() != 1) {
        return Kinds.bad(rule() + ": give all of it at once");
      }
      return PythonLiteral.parse(texts.getFirst()) instanceof Conversion.Bad<?>
              && forms.contains(Trait.Form.TEXT)
          ? Kinds.good(Kinds.Text.expandHome(texts.getFirst(), home))
          : literal(texts.getFirst(), rule(), this);
    }

    @Override
    public Object plain(Object value) {
      return value;
    }
  }

  record Dict() implements Kind<Map<String, Object>> {

    private static final String RULE = "must be a dictionary";

    @Override
    public String label() {
      return "Dict";
    }

    @Override
    public boolean container() {
      return true;
    }

    @Override
    public Conversion<Map<String, Object>> fromValue(@Nullable Object value) {
      if (!(value instanceof Map<?, ?> map)) {
        return Kinds.bad(RULE);
      }
      Map<String, Object> copy = new LinkedHashMap<>();
      for (var entry : map.entrySet()) {
        if (!(entry.getKey() instanceof String key)) {
          return Kinds.bad("must be a dictionary whose keys are texts");
        }
        putAny(copy, key, PlainValues.frozen(entry.getValue()));
      }
      return Kinds.good(Collections.unmodifiableMap(copy));
    }

    /** The values of a dictionary may be null, which its public type cannot say. */
    @SuppressWarnings("NullAway")
    private static void putAny(Map<String, Object> map, String key, @Nullable Object value) {
      map.put(key, value);
    }

    @Override
    public Conversion<Map<String, Object>> fromTexts(List<String> texts, String home) {
      if (texts.size() == 1 && texts.getFirst().startsWith("{") && texts.getFirst().endsWith("}")) {
        return literal(texts.getFirst(), "must be a dictionary such as {'key': 1}", this);
      }
      Map<String, Object> items = new LinkedHashMap<>();
      for (String text : texts) {
        int equals = text.indexOf('=');
        if (equals < 0) {
          return Kinds.bad("must be a dictionary: give key=value, as often as needed");
        }
        items.put(text.substring(0, equals), text.substring(equals + 1));
      }
      return Kinds.good(Collections.unmodifiableMap(items));
    }

    @Override
    public Object plain(Map<String, Object> value) {
      return value;
    }
  }
}
