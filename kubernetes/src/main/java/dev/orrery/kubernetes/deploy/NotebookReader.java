package dev.orrery.kubernetes.deploy;

import static dev.orrery.kubernetes.deploy.NotebookOption.*;

import dev.orrery.config.NearestName;
import dev.orrery.kubernetes.deploy.NotebookPlan.Entrance;
import dev.orrery.kubernetes.deploy.NotebookPlan.Resources;
import dev.orrery.kubernetes.deploy.NotebookPlan.Storage;
import dev.orrery.kubernetes.names.Slugs;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a command line of {@code orrery deploy notebook}; tells all that is wrong at once. */
public final class NotebookReader {

  /** What a notebook is called where nothing is said. */
  static final String DEFAULT_NAME = "notebook";

  private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(10);
  private static final Duration LONGEST_LIMIT = Duration.ofHours(24);
  private static final Quantity LEAST_MEMORY = quantity("64Mi");
  private static final Quantity LEAST_STORAGE = quantity("1Mi");
  private static final Quantity LEAST_CPU = quantity("1m");
  private static final int MOST_GPUS = 1_000;
  private static final int LONGEST_DNS_NAME = 253;
  private static final int LONGEST_IMAGE = 500;

  private static final Pattern DNS_NAME =
      Pattern.compile(
          "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*");
  private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern IP = Pattern.compile("[0-9.]+");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern TIME = Pattern.compile("(\\d{1,6})(s|m|h)?");
  private static final Pattern CPU_FORM = Pattern.compile("\\d+(?:\\.\\d+)?|\\d+m");
  private static final Pattern IMAGE_NAME =
      Pattern.compile(
          "(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\\d{1,5})?/)?"
              + "[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
              + "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[a-z0-9]+:[0-9a-f]{32,128})?");

  /** What has a meaning when something is taken away. */
  private static final Set<NotebookOption> OF_DELETE =
      EnumSet.of(DELETE, DELETE_STORAGE, NAMESPACE);

  private final Map<NotebookOption, String> values = new EnumMap<>(NotebookOption.class);
  private final Map<String, String> variables = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private NotebookReader() {}

  /**
   * Reads a command line.
   *
   * @param arguments what stands behind {@code orrery deploy notebook}
   */
  public static NotebookCommand read(List<String> arguments) {
    var reader = new NotebookReader();
    reader.split(arguments);
    if (reader.has(HELP)) {
      return new NotebookCommand.Help(NotebookOption.help());
    }
    NotebookCommand command = reader.command();
    return reader.problems.isEmpty() ? command : new NotebookCommand.Refused(reader.problems);
  }

  private static Quantity quantity(String text) {
    return Quantity.of(text).orElseThrow();
  }

  private void split(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("-")) {
        names.add(argument);
        continue;
      }
      int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
      String flag = equals < 0 ? argument : argument.substring(0, equals);
      Optional<NotebookOption> option = NotebookOption.of(flag);
      if (option.isEmpty()) {
        problems.add(
            flag
                + ": there is no such option"
                + NearestName.hint(NotebookOption.flags(), flag)
                + "; --help lists them");
      } else if (option.get().argument().isEmpty()) {
        if (equals >= 0) {
          // What follows may be a password.
          problems.add(
              flag
                  + ": takes no value; leave out what follows it"
                  + (option.get() == PASSWORD ? ", which lists of processes show to others" : ""));
        }
        values.put(option.get(), "");
      } else if (equals >= 0) {
        set(option.get(), argument.substring(equals + 1));
      } else if (i + 1 < arguments.size()) {
        i++;
        set(option.get(), arguments.get(i));
      } else {
        problems.add(flag + ": a value is missing; give " + flag + " " + option.get().argument());
      }
    }
  }

  private void set(NotebookOption option, String value) {
    if (option != ENV) {
      values.put(option, value);
      return;
    }
    int equals = value.indexOf('=');
    String name = equals < 0 ? value : value.substring(0, equals);
    if (equals < 0) {
      problems.add("--env: '" + value + "' has no value; give NAME=VALUE");
    } else if (!VARIABLE.matcher(name).matches()) {
      problems.add(
          "--env: '"
              + name
              + "' is no name of a variable; it has letters, digits and _, and begins with no digit");
    } else if (variables.put(name, value.substring(equals + 1)) != null) {
      problems.add("--env: '" + name + "' is given twice; keep the one that is meant");
    }
  }

  private boolean has(NotebookOption option) {
    return values.containsKey(option);
  }

  private NotebookCommand command() {
    String name = name();
    String namespace =
        checked(
                NAMESPACE,
                text -> DNS_LABEL.matcher(text).matches(),
                "is no name of a namespace; it has small letters, digits and '-', at most 63")
            .orElse("");
    if (has(DELETE)) {
      return delete(name, namespace);
    }
    needs(DELETE_STORAGE, DELETE);
    needs(TIMEOUT, APPLY);
    needs(NO_PASSWORD, APPLY);
    excludes(PASSWORD, NO_PASSWORD);
    NotebookSettings settings = settings();
    if (has(PASSWORD) && settings.password().isPresent()) {
      problems.add(
          "--password: the file of --settings has a hashed_password as well; leave out one of them");
    }
    var plan =
        new NotebookPlan(
            name,
            namespace,
            checked(
                    IMAGE,
                    text -> text.length() <= LONGEST_IMAGE && IMAGE_NAME.matcher(text).matches(),
                    "is no name of an image; it looks like " + NotebookPlan.DEFAULT_IMAGE)
                .orElse(NotebookPlan.DEFAULT_IMAGE),
            storage(),
            entrance(),
            resources(),
            variables,
            settings);
    return has(APPLY)
        ? new NotebookCommand.Apply(plan, has(PASSWORD), has(NO_PASSWORD), limit())
        : new NotebookCommand.Print(plan, has(PASSWORD));
  }

  private NotebookCommand delete(String name, String namespace) {
    var others = EnumSet.copyOf(values.keySet());
    if (!variables.isEmpty()) {
      others.add(ENV);
    }
    others.removeAll(OF_DELETE);
    others.forEach(option ->
        problems.add(option.flag() + ": has no meaning with --delete; leave out one of the two"));
    return new NotebookCommand.Delete(name, namespace, has(DELETE_STORAGE));
  }

  private void needs(NotebookOption option, NotebookOption other) {
    if (has(option) && !has(other)) {
      problems.add(
          option.flag() + ": goes with " + other.flag() + " only; give that, or leave it out");
    }
  }

  private void excludes(NotebookOption option, NotebookOption other) {
    if (has(option) && has(other)) {
      problems.add(
          option.flag() + " and " + other.flag() + " exclude each other; leave out one of them");
    }
  }

  private String name() {
    if (names.size() > 1) {
      problems.add("'" + String.join("', '", names) + "': there is one name; give options with --");
    }
    String name = names.isEmpty() ? DEFAULT_NAME : names.getFirst();
    if (!Slugs.isObjectName(name)) {
      problems.add(
          "'"
              + name
              + "' is no name for a notebook; it has at most 63 small letters, digits and '-', begins"
              + " with a letter and ends with no '-', such as my-notebook");
    }
    return name;
  }

  private Optional<String> checked(NotebookOption option, Predicate<String> rule, String sentence) {
    String value = values.get(option);
    if (value != null && !rule.test(value)) {
      problems.add(option.flag() + ": '" + value + "' " + sentence);
    }
    return Optional.ofNullable(value);
  }

  private Optional<String> objectName(NotebookOption option, String what) {
    return checked(
        option,
        NotebookReader::isDnsName,
        "is no name of " + what + "; it has small letters, digits, '-' and '.'");
  }

  private static boolean isDnsName(String text) {
    return text.length() <= LONGEST_DNS_NAME && DNS_NAME.matcher(text).matches();
  }

  private NotebookSettings settings() {
    String file = values.get(SETTINGS);
    if (file == null) {
      return NotebookSettings.usual();
    }
    try {
      return NotebookSettings.ofFile(Path.of(file), problems::add);
    } catch (InvalidPathException e) {
      problems.add("--settings: '" + file + "' is no path of a file");
      return NotebookSettings.usual();
    }
  }

  private Optional<Storage> storage() {
    excludes(STORAGE, NO_STORAGE);
    excludes(STORAGE_CLASS, NO_STORAGE);
    return has(NO_STORAGE)
        ? Optional.empty()
        : Optional.of(
            new Storage(
                amount(STORAGE, LEAST_STORAGE, "10Gi"),
                objectName(STORAGE_CLASS, "a storage class")));
  }

  private Optional<Entrance> entrance() {
    needs(INGRESS_CLASS, HOST);
    needs(TLS_SECRET, HOST);
    Optional<String> kind = objectName(INGRESS_CLASS, "an Ingress class");
    Optional<String> secret = objectName(TLS_SECRET, "a Secret");
    return checked(
            HOST,
            text -> isDnsName(text) && !IP.matcher(text).matches(),
            "is no name of a host; it is what browsers ask for, in small letters without http:// and"
                + " port, such as notebook.example.org")
        .map(host -> new Entrance(host, kind, secret));
  }

  private Resources resources() {
    return new Resources(
        amount(CPU, LEAST_CPU, "2")
            .filter(text -> {
              boolean number = CPU_FORM.matcher(text).matches();
              if (!number && Quantity.of(text).isPresent()) {
                problems.add("--cpu: '" + text + "' is no number; give one such as 2 or 0.5");
              }
              return number;
            }),
        amount(MEMORY, LEAST_MEMORY, "4Gi"),
        checked(
                GPU,
                text -> text.matches("\\d{1,4}") && Integer.parseInt(text) <= MOST_GPUS,
                "is no number of GPUs; give a whole number up to " + MOST_GPUS)
            .filter(text -> text.matches("\\d{1,4}"))
            .map(Integer::parseInt)
            .orElse(0));
  }

  private Optional<String> amount(NotebookOption option, Quantity least, String example) {
    String text = values.get(option);
    if (text == null) {
      return Optional.empty();
    }
    Optional<Quantity> amount = Quantity.of(text);
    if (amount.isEmpty()) {
      problems.add(
          option.flag()
              + ": '"
              + text
              + "' is no amount; give a number"
              + (option == CPU ? "" : " with a unit and without a space")
              + ", such as "
              + example);
    } else if (amount.get().compareTo(least) < 0) {
      problems.add(
          option.flag()
              + ": '"
              + text
              + "' is less than "
              + least.text()
              + (option == CPU ? "" : "; a number alone means bytes, and m a thousandth")
              + ". Give for example "
              + example);
    }
    return Optional.of(text);
  }

  private Duration limit() {
    String text = values.get(TIMEOUT);
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    Matcher time = TIME.matcher(text);
    if (time.matches()) {
      long number = Long.parseLong(time.group(1));
      Duration limit =
          switch (time.group(2) == null ? "s" : time.group(2)) {
            case "h" -> Duration.ofHours(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofSeconds(number);
          };
      if (!limit.isZero() && limit.compareTo(LONGEST_LIMIT) <= 0) {
        return limit;
      }
    }
    problems.add(
        "--timeout: '" + text + "' is no time from 1s to 24h; give for example 90s or 20m");
    return DEFAULT_LIMIT;
  }
}
