package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.names.Slugs;
import dev.orrery.spawner.spi.SpawnFailure;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What people may choose between when they start a server: {@code KubeSpawner.profile_list}.
 *
 * @param all in the order they are shown; empty where nothing is asked
 */
record Profiles(List<Profile> all) {

  /** What the choice of another value than the listed ones is called, with the option before it. */
  static final String UNLISTED = "--unlisted-choice";

  private static final int SLUG_LENGTH = 40;

  Profiles {
    all = List.copyOf(all);
  }

  /**
   * One profile.
   *
   * @param overrides values for traits, by their names
   * @param options what is chosen besides, by name
   */
  record Profile(
      String slug,
      String displayName,
      String description,
      boolean usual,
      Map<String, Object> overrides,
      Map<String, Option> options) {}

  /** What is chosen besides the profile. */
  record Option(String displayName, Map<String, Choice> choices, Optional<Unlisted> unlisted) {

    /** The choice of whoever makes none. */
    Optional<Choice> usual() {
      return choices.values().stream()
          .filter(Choice::usual)
          .findFirst()
          .or(() -> choices.values().stream().findFirst());
    }
  }

  /** A listed choice. */
  record Choice(String displayName, boolean usual, Map<String, Object> overrides) {}

  /**
   * A value that is not listed.
   *
   * @param pattern what its beginning has to match
   * @param message what is said where it does not; may be empty
   * @param overrides with <code>{value}</code> for the value
   */
  record Unlisted(
      String displayName,
      String inChoices,
      Optional<Pattern> pattern,
      String message,
      Map<String, Object> overrides) {}

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException when it is none, with the profile and the rule
   */
  static Profiles of(List<?> list) {
    var profiles = new ArrayList<Profile>();
    for (Object entry : list) {
      profiles.add(profile(new Reader(entry, "profile_list")));
    }
    return new Profiles(profiles);
  }

  private static Profile profile(Reader reader) {
    String name = reader.required("display_name");
    var options = new LinkedHashMap<String, Option>();
    reader
        .dict("profile_options")
        .forEach((key, value) ->
            options.put(
                key, option(new Reader(value, "The option '" + key + "' of '" + name + "'"))));
    return new Profile(
        reader.text("slug").orElseGet(() -> slug(name)),
        name,
        reader.text("description").orElse(""),
        reader.truth("default"),
        reader.dict("kubespawner_override"),
        options);
  }

  private static Option option(Reader reader) {
    var choices = new LinkedHashMap<String, Choice>();
    reader
        .dict("choices")
        .forEach((key, value) -> {
          var choice = new Reader(value, reader.what + ", choice '" + key + "'");
          choices.put(
              key,
              new Choice(
                  choice.required("display_name"),
                  choice.truth("default"),
                  choice.dict("kubespawner_override")));
        });
    var unlisted = new Reader(reader.dict("unlisted_choice"), reader.what + ", unlisted_choice");
    if (choices.isEmpty() && !unlisted.truth("enabled")) {
      throw new IllegalArgumentException(
          reader.what + " has no choices; list some, or enable unlisted_choice");
    }
    return new Option(
        reader.required("display_name"),
        choices,
        unlisted.truth("enabled") ? Optional.of(unlisted(unlisted)) : Optional.empty());
  }

  private static Unlisted unlisted(Reader reader) {
    return new Unlisted(
        reader.text("display_name").orElse(""),
        reader.text("display_name_in_choices").orElse("Other..."),
        reader.text("validation_regex").map(regex -> pattern(reader, regex)),
        reader.text("validation_message").orElse(""),
        reader.dict("kubespawner_override"));
  }

  private static Pattern pattern(Reader reader, String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          reader.what + " has the validation_regex '" + regex + "', but " + e.getDescription(), e);
    }
  }

  private static String slug(String name) {
    String plain =
        Normalizer.normalize(name, Normalizer.Form.NFKD)
            .replaceAll("\\p{M}", "")
            .toLowerCase(Locale.ROOT)
            .replace("'", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return plain.isEmpty() ? Slugs.objectName(name, SLUG_LENGTH) : plain;
  }

  /** The profile of whoever chooses none. */
  Optional<Profile> usual() {
    return all.stream().filter(Profile::usual).findFirst().or(() -> all.stream().findFirst());
  }

  /**
   * What somebody's choices change, the more special ones last.
   *
   * @param chosen as the hub keeps it: {@code profile}, and options by their names
   * @throws SpawnFailure when there is no such choice
   */
  List<Map<String, Object>> overrides(Map<String, Object> chosen) throws SpawnFailure {
    String slug = text(chosen, "profile");
    if (all.isEmpty()) {
      if (slug.isEmpty()) {
        return List.of();
      }
      throw SpawnFailure.refused(
          "profile", "There is no profile '" + slug + "': this hub has no profiles");
    }
    Profile profile = profile(slug);
    var overrides = new ArrayList<Map<String, Object>>();
    overrides.add(profile.overrides());
    for (var entry : profile.options().entrySet()) {
      overrides.add(overrides(entry.getKey(), entry.getValue(), chosen));
    }
    return overrides;
  }

  private Profile profile(String slug) throws SpawnFailure {
    if (slug.isEmpty()) {
      return usual().orElseThrow();
    }
    for (Profile profile : all) {
      if (profile.slug().equals(slug)) {
        return profile;
      }
    }
    throw SpawnFailure.refused(
        "profile",
        "There is no profile '"
            + slug
            + "'. There are: "
            + String.join(", ", all.stream().map(Profile::slug).toList()));
  }

  private static Map<String, Object> overrides(
      String name, Option option, Map<String, Object> chosen) throws SpawnFailure {
    String unlisted = text(chosen, name + UNLISTED);
    if (!unlisted.isEmpty()) {
      return unlisted(name, option, unlisted);
    }
    String choice = text(chosen, name);
    if (!choice.isEmpty()) {
      Choice listed = option.choices().get(choice);
      if (listed == null) {
        throw SpawnFailure.refused(
            "profile",
            "'"
                + choice
                + "' can't be chosen for "
                + name
                + ". There are: "
                + String.join(", ", option.choices().keySet()));
      }
      return listed.overrides();
    }
    return option
        .usual()
        .orElseThrow(() ->
            SpawnFailure.refused("profile", "Nothing was entered for " + option.displayName()))
        .overrides();
  }

  private static Map<String, Object> unlisted(String name, Option option, String value)
      throws SpawnFailure {
    Unlisted unlisted =
        option
            .unlisted()
            .orElseThrow(() ->
                SpawnFailure.refused("profile", "Only what is listed for " + name + " counts"));
    if (unlisted.pattern().isPresent() && !unlisted.pattern().get().matcher(value).lookingAt()) {
      String said = unlisted.message();
      throw SpawnFailure.refused(
          "profile",
          "'"
              + value
              + "' is not taken for "
              + option.displayName()
              + (said.isEmpty() ? "" : ": " + said));
    }
    var overrides = new LinkedHashMap<String, Object>();
    unlisted
        .overrides()
        .forEach((trait, template) -> overrides.put(trait, filled(template, value)));
    return overrides;
  }

  private static Object filled(Object template, String value) {
    return switch (template) {
      case String text -> text.replace("{value}", value);
      case List<?> list -> list.stream().map(item -> filled(item, value)).toList();
      case Map<?, ?> map -> {
        var filled = new LinkedHashMap<String, Object>();
        map.forEach(
            (key, item) -> filled.put(String.valueOf(filled(key, value)), filled(item, value)));
        yield filled;
      }
      default -> template;
    };
  }

  private static String text(Map<String, Object> chosen, String key) {
    return switch (chosen.get(key)) {
      case String text -> text;
      // What a form sent that nobody read.
      case List<?> list when list.size() == 1 && list.getFirst() instanceof String text -> text;
      case null, default -> "";
    };
  }

  /** A dictionary of the setting. */
  private static final class Reader {

    private final Map<?, ?> dict;
    private final String what;

    Reader(@Nullable Object value, String what) {
      if (!(value instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(
            what + " has " + value + " where a dictionary has to be");
      }
      this.dict = map;
      this.what = what;
    }

    String required(String key) {
      return text(key)
          .orElseThrow(() -> new IllegalArgumentException(what + " needs a " + key + ": " + dict));
    }

    Optional<String> text(String key) {
      Object value = dict.get(key);
      if (value == null) {
        return Optional.empty();
      }
      if (value instanceof String text) {
        return Optional.of(text);
      }
      throw new IllegalArgumentException(
          what + " has " + key + " = " + value + ", but it must be a text");
    }

    boolean truth(String key) {
      return dict.get(key) instanceof Boolean truth && truth;
    }

    Map<String, Object> dict(String key) {
      Object value = dict.get(key);
      if (value == null) {
        return Map.of();
      }
      if (!(value instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException(
            what + " has " + key + " = " + value + ", but it must be a dictionary");
      }
      var copy = new LinkedHashMap<String, Object>();
      map.forEach((name, item) -> copy.put(String.valueOf(name), item));
      return copy;
    }
  }
}
