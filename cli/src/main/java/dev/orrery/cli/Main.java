package dev.orrery.cli;

import dev.orrery.server.settings.App;
import java.util.Arrays;
import java.util.List;

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
        doctor                         what is missing on this machine, and how to get it
        version                        the version

      'orrery COMMAND --help' tells the options of a command.
      """;

  private Main() {}

  /** Runs the command that {@code args} name and ends the process with its exit status. */
  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) {
    String command = args.isEmpty() ? "" : args.getFirst();
    List<String> rest = args.isEmpty() ? List.of() : args.subList(1, args.size());
    return switch (command) {
      case "lab" -> new ServerCommand(App.LAB, rest).run();
      case "server" -> server(rest);
      case "notebook" -> new ServerCommand(App.NOTEBOOK, rest).run();
      case "singleuser" -> new ServerCommand(App.SINGLEUSER, rest).run();
      case "hub" -> new HubCommand(rest).run();
      case "deploy" -> new DeployCommand(rest).run();
      case "proxy" -> new ProxyCommand(rest, System.getenv()).run();
      case "list" -> new RunningServers().list(rest);
      case "stop" -> new RunningServers().stop(rest);
      case "password" -> new PasswordCommand().run(rest);
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

  /** {@code jupyter server list} and the like, spelled as there. */
  private static int server(List<String> args) {
    String first = args.isEmpty() ? "" : args.getFirst();
    List<String> rest = args.isEmpty() ? List.of() : args.subList(1, args.size());
    return switch (first) {
      case "list" -> new RunningServers().list(rest);
      case "stop" -> new RunningServers().stop(rest);
      case "password" -> new PasswordCommand().run(rest);
      default -> new ServerCommand(App.SERVER, args).run();
    };
  }

  private static String nearest(String wrong) {
    String start = wrong.substring(0, Math.min(2, wrong.length()));
    return Arrays.asList(
            "lab",
            "notebook",
            "server",
            "singleuser",
            "hub",
            "deploy",
            "proxy",
            "list",
            "stop",
            "password",
            "doctor",
            "version")
        .stream()
        .filter(command -> command.startsWith(start))
        .findFirst()
        .map(command -> "Did you mean '" + command + "'?")
        .orElse("'orrery help' lists them.");
  }
}
