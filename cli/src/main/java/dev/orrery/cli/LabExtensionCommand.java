package dev.orrery.cli;

import dev.orrery.web.Pages;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code orrery labextension}: lists the extensions of JupyterLab and turns them and their plugins
 * on and off. Words, options and files are those of JupyterLab 4.6.
 */
final class LabExtensionCommand implements SmallCommand {

  private static final String USAGE =
      """
      Usage: orrery labextension COMMAND [options]

      Commands
        list             the prebuilt extensions that pages get
        enable NAME...   enable extensions or plugins
        disable NAME...  disable them
        lock NAME...     keep users from enabling or disabling them in the page
        unlock NAME...   let them
        check NAME...    whether they are installed and enabled

      A name is an extension such as @jupyterlab/git, or a plugin such as @jupyterlab/apputils-extension:announcements.
      Extensions are installed with pip or conda; a page gets them when it is loaded again.
      'orrery labextension COMMAND --help' tells the options of a command.
      """;

  private static final String LIST =
      """
      Usage: orrery labextension list

      Prints the prebuilt extensions with their folders, which of them are disabled or locked, and whether their files are
      there (OK).
      """;

  private static final String TOGGLE =
      """
      Usage: orrery labextension enable|disable|lock|unlock [--level=LEVEL] NAME...

      Writes to labconfig/page_config.json in a configuration folder:
        --level=sys_prefix   of the active Python environment (the default)
        --level=user         of this user
        --level=system       of all users, in /usr/local/etc/jupyter
      """;

  private static final String CHECK =
      """
      Usage: orrery labextension check [--installed] NAME...

      Ends with status 0 when all of them are installed and enabled.
        --installed   whether they are disabled does not matter
      """;

  private static final Map<String, String> INSTEAD =
      Map.of(
          "install", "install extensions as packages: pip install NAME, or conda install NAME",
          "uninstall", "remove the package: pip uninstall NAME, or conda remove NAME",
          "update", "update the package: pip install --upgrade NAME",
          "link", "build a prebuilt extension with jupyter-builder (pip install jupyter-builder)",
          "unlink", "remove the link from the folder of extensions",
          "build", "run: jupyter-builder build (pip install jupyter-builder)",
          "develop", "run: jupyter-builder develop (pip install jupyter-builder)",
          "watch", "run: jupyter-builder watch (pip install jupyter-builder)");

  private final Surroundings here;
  private final PageConfigFiles pageConfig;
  private final InstalledLabExtensions installed;

  LabExtensionCommand(Surroundings here) {
    this.here = here;
    pageConfig = new PageConfigFiles(here);
    installed = new InstalledLabExtensions(here);
  }

  @Override
  public int run(List<String> arguments) throws CommandFailure {
    String first = arguments.isEmpty() ? "" : arguments.getFirst();
    List<String> rest = arguments.isEmpty() ? List.of() : arguments.subList(1, arguments.size());
    Optional<String> instead = Optional.ofNullable(INSTEAD.get(first));
    if (instead.isPresent()) {
      return notHere(first, instead.get(), rest);
    }
    return switch (first) {
      case "list" -> Help.or(rest, LIST, here, this::list);
      case "enable", "disable" ->
          Help.or(rest, TOGGLE, here, args -> enable(first.equals("enable"), args));
      case "lock", "unlock" ->
          Help.or(rest, TOGGLE, here, args -> lock(first.equals("lock"), args));
      case "check" -> Help.or(rest, CHECK, here, this::check);
      default ->
          Help.subcommand(
              here,
              "orrery labextension",
              first,
              USAGE,
              List.of("list", "enable", "disable", "lock", "unlock", "check"));
    };
  }

  private int notHere(String command, String instead, List<String> arguments)
      throws CommandFailure {
    String sentence =
        "'labextension " + command + "' builds from sources, which is not done here; " + instead;
    if (Help.isAsked(arguments)) {
      here.out().println(sentence);
      return 0;
    }
    throw CommandFailure.failed(sentence);
  }

  /** Options of builds do nothing, since nothing is built; scripts give them. */
  private static Options options() {
    return new Options()
        .flag("-y")
        .flag("--no-build", "--BaseExtensionApp.should_build")
        .flag("--no-minimize", "--clean", "--splice-source")
        .value("--minimize", "--BaseExtensionApp.minimize")
        .flag("--dev-build", "--BaseExtensionApp.dev_build")
        .value("--debug-log-path", "--DebugLogFileMixin.debug_log_path");
  }

  private int list(List<String> arguments) throws CommandFailure {
    options().flag("--verbose").read(arguments).atMost(0);
    List<InstalledLabExtensions.Extension> extensions = installed.list();
    Set<String> disabled = pageConfig.names(PageConfigFiles.DISABLED);
    Set<String> locked = pageConfig.names(PageConfigFiles.LOCKED);
    here.out().println("JupyterLab v" + Pages.LAB_VERSION);
    var byRoot = new LinkedHashMap<Path, List<InstalledLabExtensions.Extension>>();
    extensions.forEach(extension ->
        byRoot.computeIfAbsent(extension.root(), _ -> new ArrayList<>()).add(extension));
    byRoot.forEach((root, found) -> {
      here.out().println(root);
      found.forEach(extension -> here.out().println(line(extension, disabled, locked)));
      here.out().println();
    });
    var known = new TreeSet<>(installed.builtIn());
    extensions.forEach(extension -> known.add(extension.name()));
    List<String> shown =
        disabled.stream().filter(name -> known.contains(extensionOf(name))).sorted().toList();
    if (!shown.isEmpty()) {
      here.out().println("Disabled extensions:");
      shown.forEach(name ->
          here.out().println("    " + name + (known.contains(name) ? " (all plugins)" : "")));
    }
    return 0;
  }

  private static String extensionOf(String plugin) {
    return plugin.split(":", 2)[0];
  }

  private static String line(
      InstalledLabExtensions.Extension extension, Set<String> disabled, Set<String> locked) {
    String name = extension.name();
    List<String> plugins =
        locked.stream().filter(lock -> lock.startsWith(name + ":")).sorted().toList();
    String lock =
        locked.contains(name)
            ? " (all plugins locked)"
            : plugins.isEmpty() ? "" : " (plugins: " + String.join(", ", plugins) + " locked)";
    return "        %s v%s %s %s%s%s"
        .formatted(
            name,
            extension.version(),
            disabled.contains(name) ? "disabled" : "enabled",
            extension.trouble().isEmpty() ? "OK" : " X (" + extension.trouble() + ")",
            extension.installer().isEmpty() ? "" : " (" + extension.installer() + ")",
            lock);
  }

  private int enable(boolean enable, List<String> arguments) throws CommandFailure {
    Options.Given given = levelled(arguments);
    ConfigLevel level = level(given);
    for (String name : given.words()) {
      if (pageConfig.isLockedAbove(level, name)) {
        here.err().println("Extension locked at a higher level, cannot toggle status: " + name);
      } else if (pageConfig.names(PageConfigFiles.DISABLED).contains(name) == enable) {
        pageConfig.set(level, PageConfigFiles.DISABLED, name, !enable);
        checkEffect(level, name, enable);
      }
    }
    if (!enable) {
      here.err()
          .println(
              "Individual plugins can be enabled again in the page, unless they are locked with"
                  + " 'labextension lock'.");
    }
    return 0;
  }

  /** A file nearer to the user says something else. */
  private void checkEffect(ConfigLevel level, String name, boolean enable) {
    if (pageConfig.names(PageConfigFiles.DISABLED).contains(name) == enable) {
      here.err()
          .println(
              "orrery: written for the level "
                  + level.text()
                  + ", but another configuration folder of this user, of those that 'jupyter --paths'"
                  + " tells, decides otherwise for "
                  + name);
    }
  }

  private int lock(boolean lock, List<String> arguments) throws CommandFailure {
    Options.Given given = levelled(arguments);
    ConfigLevel level = level(given);
    for (String name : given.words()) {
      if (pageConfig.isLockedAbove(level, name)) {
        here.err().println("Extension locked at a higher level, cannot toggle: " + name);
      } else {
        pageConfig.set(level, PageConfigFiles.LOCKED, name, lock);
      }
    }
    return 0;
  }

  private static Options.Given levelled(List<String> arguments) throws CommandFailure {
    Options.Given given =
        options()
            .value(
                "--level",
                "--EnableLabExtensionsApp.level",
                "--DisableLabExtensionsApp.level",
                "--LockLabExtensionsApp.level",
                "--UnlockLabExtensionsApp.level")
            .read(arguments);
    if (given.words().isEmpty()) {
      throw CommandFailure.failed("the name of an extension or plugin is missing; nothing is done");
    }
    return given;
  }

  private static ConfigLevel level(Options.Given given) throws CommandFailure {
    return ConfigLevel.of(given.value("--level").orElse("sys_prefix"));
  }

  private int check(List<String> arguments) throws CommandFailure {
    Options.Given given =
        options()
            .flag("--installed", "--CheckLabExtensionsApp.should_check_installed_only")
            .read(arguments);
    Map<String, String> troubles = new LinkedHashMap<>();
    installed.builtIn().forEach(name -> troubles.put(name, ""));
    installed.list().forEach(extension -> troubles.put(extension.name(), extension.trouble()));
    Set<String> disabled = pageConfig.names(PageConfigFiles.DISABLED);
    boolean good = true;
    for (String name : given.words()) {
      String trouble = troubles.getOrDefault(name, "it is not installed");
      boolean on = given.has("--installed") || !disabled.contains(name);
      good &= trouble.isEmpty() && on;
      here.out()
          .println(
              name
                  + ": "
                  + (!trouble.isEmpty()
                      ? "X (" + trouble + ")"
                      : !on ? "disabled" : given.has("--installed") ? "OK" : "enabled"));
    }
    return good ? 0 : CommandFailure.FAILED;
  }
}
