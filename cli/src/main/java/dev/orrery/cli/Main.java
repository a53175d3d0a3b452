package dev.orrery.cli;

import dev.orrery.server.settings.App;
import dev.orrery.telemetry.LogFormat;
import dev.orrery.telemetry.Logging;
import java.util.List;
import java.util.function.Function;

/** The one program: its first word says which command it is. */
public final class Main {

  private static final String USAGE =
      """
      Usage: orrery COMMAND [options]

      Orrery: Jupyter on the JVM.

      Commands
        lab [folder or notebook]       JupyterLab with terminals and kernels, for one person
        notebook [folder or notebook]  the same server with Notebook's pages
        server [folder]                the same server, no browser opened
        singleuser                     the same server as a hub starts it for a user
        hub                            many people: logins, and a server for each of them
        deploy notebook [name]         a notebook of your own on a Kubernetes cluster
        proxy                          the front door of a hub, with configurable-http-proxy's options
        list                           the servers of this user that run
        stop [port]                    stop one of them
        password                       set a password
        kernelspec                     list, install and remove kernels
        labextension                   list, enable and disable extensions of JupyterLab
        lab path, workspaces           where JupyterLab keeps its files; workspaces out of and into files
        server extension               what is set for server extensions in Python, which are not run here
        troubleshoot                   what a report of a problem should have in it
        doctor                         what is missing on this machine, and how to get it
        version                        the version

      'orrery COMMAND --help' tells the options of a command.
      """;

  private static final List<String> COMMANDS =
      List.of(
          "lab",
          "notebook",
          "server",
          "singleuser",
          "hub",
          "deploy",
          "proxy",
          "kernelspec",
          "labextension",
          "list",
          "stop",
          "password",
          "troubleshoot",
          "doctor",
          "version");

  private Main() {}

  /** Runs the command that {@code args} name and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) {
    String command = first(args);
    List<String> rest = rest(args);
    return switch (command) {
      case "lab" -> lab(rest);
      case "server" -> server(rest);
      case "notebook" -> serverOr(App.NOTEBOOK, rest);
      case "singleuser" -> new ServerCommand(App.SINGLEUSER, rest).run();
      case "hub" -> new HubCommand(rest).run();
      case "deploy" -> new DeployCommand(rest).run();
      case "proxy" -> new ProxyCommand(rest, System.getenv()).run();
      case "kernelspec" -> small(rest, KernelSpecCommand::new);
      case "labextension" -> small(rest, LabExtensionCommand::new);
      case "troubleshoot" -> small(rest, TroubleshootCommand::new);
      case "jupyter" -> jupyter(rest);
      case "list", "stop", "password" -> ofServers(command, rest);
      case "doctor" -> new Doctor().run(rest);
      case "version", "--version" -> {
        System.out.println(Version.TEXT);
        yield 0;
      }
      case "", "help", "--help", "-h" -> {
        System.out.print(USAGE);
        yield 0;
      }
      default -> {
        System.err.println("orrery: there is no command '" + command + "'. " + nearest(command));
        yield 2;
      }
    };
  }

  private static String first(List<String> args) {
    return args.isEmpty() ? "" : args.getFirst();
  }

  private static List<String> rest(List<String> args) {
    return args.isEmpty() ? List.of() : args.subList(1, args.size());
  }

  /**
   * By the name {@code jupyter}, options are questions of its own; what it has no command for, it
   * says so.
   */
  private static int jupyter(List<String> args) {
    String command = first(args);
    if (command.isEmpty() || command.startsWith("-")) {
      return small(args, JupyterCommand::new);
    }
    if (!COMMANDS.contains(command) && !command.equals("help")) {
      System.err.println(
          "jupyter: there is no command 'jupyter-" + command + "'. " + nearest(command));
      return 1;
    }
    return run(args);
  }

  private static int lab(List<String> args) {
    List<String> rest = rest(args);
    return switch (first(args)) {
      case "path", "paths" -> small(rest, here -> new LabCommand(here)::path);
      case "build" -> small(rest, here -> new LabCommand(here)::build);
      case "clean" -> small(rest, here -> new LabCommand(here)::clean);
      case "workspace", "workspaces" -> small(rest, WorkspacesCommand::new);
      default -> serverOr(App.LAB, args);
    };
  }

  private static int server(List<String> args) {
    return first(args).equals("extension")
        ? small(rest(args), ServerExtensionCommand::new)
        : serverOr(App.SERVER, args);
  }

  /** {@code jupyter server list} and the like, spelled as there; anything else starts a server. */
  private static int serverOr(App app, List<String> args) {
    return switch (first(args)) {
      case "list", "stop", "password" -> ofServers(first(args), rest(args));
      default -> new ServerCommand(app, args).run();
    };
  }

  private static int ofServers(String command, List<String> args) {
    return switch (command) {
      case "list" -> small(args, here -> new RunningServers(here)::list);
      case "stop" -> small(args, here -> new RunningServers(here)::stop);
      default -> small(args, PasswordCommand::new);
    };
  }

  private static int small(List<String> args, Function<Surroundings, SmallCommand> command) {
    // Kernelspecs and the like that are left out.
    Logging.configure(System.Logger.Level.WARNING, LogFormat.LINE, System.err);
    try {
      return command.apply(Surroundings.ofThisProcess()).run(args);
    } catch (CommandFailure e) {
      System.err.println("orrery: " + e.sentence());
      return e.status();
    }
  }

  private static String nearest(String wrong) {
    String start = wrong.substring(0, Math.min(2, wrong.length()));
    return COMMANDS.stream()
        .filter(command -> command.startsWith(start))
        .findFirst()
        .map(command -> "Did you mean '" + command + "'?")
        .orElse("'orrery help' lists them.");
  }
}
