package dev.orrery.config;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One declared setting: name, type, default, help. It is the one declaration that reading, {@code
 * --help-all}, {@code --generate-config} and {@code --show-config} derive from.
 *
 * <p>Traits are immutable and compared by identity: keep each in a constant, hand it to {@link
 * Declarations}, and ask {@link Settings} with the same constant.
 *
 * @param <T> the type of the value; it is immutable for all kinds but {@code bytes}
 */
public final class Trait<T> {

  private static final Pattern QUALIFIED_NAME =
      Pattern.compile("[A-Z][A-Za-z0-9_]*\\.[A-Za-z][A-Za-z0-9_]*");

  private final String className;
  private final String name;
  private final Kind<T> kind;
  private final T defaultValue;
  private final String help;
  private final Extras extras;
  private final List<Function<T, Optional<String>>> checks;

  /** What the withers set, apart from the checks. */
  record Extras(
      Optional<String> computed,
      Optional<String> deprecatedFor,
      Support support,
      boolean secret,
      Optional<String> environmentVariable) {

    static final Extras NONE =
        new Extras(Optional.empty(), Optional.empty(), new Support.Full(), false, Optional.empty());
  }

  private Trait(
      String className,
      String name,
      Kind<T> kind,
      T defaultValue,
      String help,
      Extras extras,
      List<Function<T, Optional<String>>> checks) {
    this.className = className;
    this.name = name;
    this.kind = kind;
    this.defaultValue = defaultValue;
    this.help = help;
    this.extras = extras;
    this.checks = checks;
  }

  private static <T> Trait<T> of(String qualifiedName, Kind<T> kind, T defaultValue, String help) {
    if (!QUALIFIED_NAME.matcher(qualifiedName).matches()) {
      throw new IllegalArgumentException(
          "'" + qualifiedName + "' is not a qualified name; write Class.trait");
    }
    int dot = qualifiedName.indexOf('.');
    return new Trait<>(
        qualifiedName.substring(0, dot),
        qualifiedName.substring(dot + 1),
        kind,
        requireNonNull(defaultValue, "defaultValue"),
        requireNonNull(help, "help"),
        Extras.NONE,
        List.of());
  }

  /** A truth value; {@code true}, {@code 1}, {@code false}, {@code 0} in any case as text. */
  public static Trait<Boolean> bool(String qualifiedName, boolean defaultValue, String help) {
    return of(qualifiedName, new Kinds.Bool(), defaultValue, help);
  }

  /** A whole number of 32 bits. */
  public static Trait<Integer> integer(String qualifiedName, int defaultValue, String help) {
    return of(qualifiedName, new Kinds.Int(), defaultValue, help);
  }

  /** A whole number of 64 bits, e.g. a size in bytes. */
  public static Trait<Long> longInteger(String qualifiedName, long defaultValue, String help) {
    return of(qualifiedName, new Kinds.LongInt(), defaultValue, help);
  }

  /** A number of bytes; {@code 512M} and the like are taken too. */
  public static Trait<Long> byteSize(String qualifiedName, long defaultValue, String help) {
    return of(qualifiedName, new Kinds.ByteSize(), defaultValue, help);
  }

  /** A floating point number; whole numbers are taken too. */
  public static Trait<Double> number(String qualifiedName, double defaultValue, String help) {
    return of(qualifiedName, new Kinds.Real(), defaultValue, help);
  }

  /** Text. On the command line a leading {@code ~} becomes the home directory, as in traitlets. */
  public static Trait<String> string(String qualifiedName, String defaultValue, String help) {
    return of(qualifiedName, new Kinds.Text(), defaultValue, help);
  }

  /** Bytes, e.g. a cookie secret; text is taken as UTF-8. The array is not copied. */
  public static Trait<byte[]> bytes(String qualifiedName, byte[] defaultValue, String help) {
    return of(qualifiedName, new Kinds.Bytes(), defaultValue, help);
  }

  /** A list of texts; a tuple or a set is taken too. */
  public static Trait<List<String>> strings(
      String qualifiedName, List<String> defaultValue, String help) {
    return of(qualifiedName, new Containers.Texts(), List.copyOf(defaultValue), help);
  }

  /** A list of anything but {@code None}; what is in it is as in {@link #dict}. */
  public static Trait<List<Object>> list(
      String qualifiedName, List<Object> defaultValue, String help) {
    return of(qualifiedName, new Containers.Anything(), List.copyOf(defaultValue), help);
  }

  /**
   * A dictionary with text keys. Values are {@code Boolean}, {@code Long}, {@code BigInteger},
   * {@code Double}, {@code String}, {@code byte[]}, {@code List}, {@code Map} or {@code null}; maps
   * and lists are unmodifiable at every depth.
   */
  public static Trait<Map<String, Object>> dict(
      String qualifiedName, Map<String, Object> defaultValue, String help) {
    return of(
        qualifiedName,
        new Containers.Dict(),
        Collections.unmodifiableMap(new LinkedHashMap<>(defaultValue)),
        help);
  }

  /**
   * A value that may have one of several forms, such as a list or a dictionary: traitlets' {@code
   * Union}. It is as in {@link #dict}.
   */
  public static Trait<Object> anyOf(
      String qualifiedName, Set<Form> forms, Object defaultValue, String help) {
    var kind = new Containers.AnyOf(EnumSet.copyOf(forms));
    if (kind.fromValue(defaultValue) instanceof Conversion.Bad<Object>(var rule)) {
      throw new IllegalArgumentException("the default of " + qualifiedName + " " + rule);
    }
    return of(qualifiedName, kind, defaultValue, help);
  }

  /** What a value of {@link #anyOf} can be. */
  public enum Form {
    /** A {@code String}. */
    TEXT,
    /** A {@code List}. */
    LIST,
    /** A {@code Map} with text keys. */
    DICT
  }

  /** One text out of {@code allowed}; a number in a file is taken by its decimal form. */
  public static Trait<String> choice(
      String qualifiedName, List<String> allowed, String defaultValue, String help) {
    var kind = new Kinds.Choice(allowed);
    if (!kind.allowed().contains(defaultValue)) {
      throw new IllegalArgumentException(
          "the default '" + defaultValue + "' of " + qualifiedName + " is not one of " + allowed);
    }
    return of(qualifiedName, kind, defaultValue, help);
  }

  /**
   * The same setting with {@code None} (JSON {@code null}) as default and as a further value:
   * traitlets' {@code allow_none=True, default_value=None}. Checks see only values that are there.
   */
  public Trait<Optional<T>> orNone() {
    return withNone(Optional.empty());
  }

  /** The same setting with {@code None} as a further value, but with the default it has. */
  public Trait<Optional<T>> allowingNone() {
    return withNone(Optional.of(defaultValue));
  }

  private Trait<Optional<T>> withNone(Optional<T> usual) {
    List<Function<Optional<T>, Optional<String>>> lifted = new ArrayList<>();
    for (var check : checks) {
      lifted.add(value -> value.flatMap(check));
    }
    return new Trait<>(className, name, new Kinds.OrNone<>(kind), usual, help, extras, lifted);
  }

  /**
   * The default is computed when the command runs; {@code inWords} says how, in help and in the
   * generated file. {@link Settings#get} still answers with the default declared here, and {@link
   * Settings#isSet} tells the caller whether to compute.
   */
  public Trait<T> computed(String inWords) {
    return with(
        new Extras(
            Optional.of(inWords),
            extras.deprecatedFor,
            extras.support,
            extras.secret,
            extras.environmentVariable));
  }

  /**
   * Adds a check of set values.
   *
   * @param problem returns nothing for a good value, else a sentence with the rule and the way out
   */
  public Trait<T> check(Function<T, Optional<String>> problem) {
    var more = new ArrayList<>(checks);
    more.add(requireNonNull(problem, "problem"));
    return new Trait<>(className, name, kind, defaultValue, help, extras, List.copyOf(more));
  }

  /**
   * An old name: it still works and warns with the new name. Its value flows to the new trait,
   * which has to be of the same kind and declared beside it, unless that one is set by an equally
   * or more important source.
   */
  public Trait<T> deprecatedFor(String newQualifiedName) {
    return with(
        new Extras(
            extras.computed,
            Optional.of(newQualifiedName),
            extras.support,
            extras.secret,
            extras.environmentVariable));
  }

  /** Known but not supported yet: when set, a warning names it and says what happens instead. */
  public Trait<T> unsupported(String whatHappensInstead) {
    return with(support(new Support.Warns(whatHappensInstead)));
  }

  /**
   * Cannot be honoured and must not be ignored, e.g. because it decides who gets in: set to
   * anything but its default, it stops the start.
   */
  public Trait<T> unsupportedStops(String why) {
    return with(support(new Support.Stops(why)));
  }

  /** Never shown: {@code --show-config}, warnings and problems have {@code <secret>} instead. */
  public Trait<T> secret() {
    return with(
        new Extras(
            extras.computed,
            extras.deprecatedFor,
            extras.support,
            true,
            extras.environmentVariable));
  }

  /**
   * An environment variable that replaces the default, read as the command line is. As upstream,
   * any file and any argument is more important than it.
   */
  public Trait<T> env(String variable) {
    return with(
        new Extras(
            extras.computed,
            extras.deprecatedFor,
            extras.support,
            extras.secret,
            Optional.of(variable)));
  }

  private Extras support(Support support) {
    return new Extras(
        extras.computed, extras.deprecatedFor, support, extras.secret, extras.environmentVariable);
  }

  private Trait<T> with(Extras changed) {
    return new Trait<>(className, name, kind, defaultValue, help, changed, checks);
  }

  /** The section, e.g. {@code ServerApp}. */
  public String className() {
    return className;
  }

  /** The name within its class, e.g. {@code open_browser}. */
  public String name() {
    return name;
  }

  /** For example {@code ServerApp.open_browser}. */
  public String qualifiedName() {
    return className + "." + name;
  }

  /** The default as declared; see {@link #computed}. */
  public T defaultValue() {
    return defaultValue;
  }

  /** What the setting does, in sentences. */
  public String help() {
    return help;
  }

  /** How the default is computed, in words, if it is. */
  public Optional<String> computed() {
    return extras.computed;
  }

  /** The qualified name that replaces this one, if there is one. */
  public Optional<String> deprecatedFor() {
    return extras.deprecatedFor;
  }

  /** The environment variable that replaces the default, if there is one. */
  public Optional<String> environmentVariable() {
    return extras.environmentVariable;
  }

  /** Whether the value must never be shown. */
  public boolean isSecret() {
    return extras.secret;
  }

  Support support() {
    return extras.support;
  }

  Kind<T> kind() {
    return kind;
  }

  /** The first check's complaint about {@code value}, if any. */
  Optional<String> complaint(T value) {
    return checks.stream().flatMap(check -> check.apply(value).stream()).findFirst();
  }

  /**
   * Takes a value from elsewhere than a settings file, by the same rules.
   *
   * @param plain as {@link #dict} has them; {@code null} is Python's {@code None}
   * @throws IllegalArgumentException when it is not what the trait takes, with a sentence that has
   *     the value and the rule
   */
  public T valueOf(@Nullable Object plain) {
    Conversion<T> conversion = kind.fromValue(plain);
    String rule =
        switch (conversion) {
          case Conversion.Good<T>(var value) -> complaint(value).orElse("");
          case Conversion.Bad<T>(var broken) -> broken;
        };
    if (rule.isEmpty() && conversion instanceof Conversion.Good<T>(var value)) {
      return value;
    }
    String shown = extras.secret ? "<secret>" : PlainValues.shown(plain);
    throw new IllegalArgumentException(name + " is " + shown + ", but " + rule);
  }

  /** The value as a settings file has it: what {@link #valueOf} takes back. */
  public @Nullable Object plain(T value) {
    return kind.plain(value);
  }

  @Override
  public String toString() {
    return qualifiedName();
  }
}
