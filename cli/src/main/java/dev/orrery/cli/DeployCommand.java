package dev.orrery.cli;

import dev.orrery.http.Passwords;
import dev.orrery.kubernetes.deploy.DeployFailure;
import dev.orrery.kubernetes.deploy.ManifestText;
import dev.orrery.kubernetes.deploy.NotebookCommand;
import dev.orrery.kubernetes.deploy.NotebookDeployer;
import dev.orrery.kubernetes.deploy.NotebookPlan;
import dev.orrery.kubernetes.deploy.NotebookReader;
import dev.orrery.kubernetes.deploy.Rollout;
import dev.orrery.telemetry.LogFormat;
import dev.orrery.telemetry.Logging;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code orrery deploy}: what Orrery has, on Kubernetes. What somebody may want to pass on,
 * manifests and how a notebook is opened, goes to the standard output; what is said meanwhile does
 * not.
 */
final class DeployCommand {

  private static final String USAGE =
      """
      Usage: orrery deploy WHAT [options]

      Puts onto a Kubernetes cluster

        notebook [NAME]   a notebook of your own, with room for your files

      'orrery deploy notebook --help' tells how.
      """;

  /** What a shell says of a program that Ctrl-C has ended. */
  private static final int INTERRUPTED = 130;

  private static final int MISUSED = 2;

  private final List<String> arguments;
  private final Map<String, String> env = System.getenv();

  DeployCommand(List<String> arguments) {
    this.arguments = arguments;
  }

  /** Does it; gives the exit status. */
  int run() {
    Logging.configure(System.Logger.Level.WARNING, LogFormat.LINE, System.err);
    String what = arguments.isEmpty() ? "" : arguments.getFirst();
    return switch (what) {
      case "notebook" -> notebook(arguments.subList(1, arguments.size()));
      case "", "help", "--help", "-h" -> {
        System.out.print(USAGE);
        yield 0;
      }
      default -> {
        System.err.println(
            "orrery deploy: '" + what + "' can't be put onto a cluster; give 'notebook'");
        yield MISUSED;
      }
    };
  }

  private int notebook(List<String> options) {
    try {
      return switch (NotebookReader.read(options)) {
        case NotebookCommand.Help(String text) -> {
          System.out.print(text);
          yield 0;
        }
        case NotebookCommand.Refused(List<String> problems) -> {
          System.err.println("orrery deploy notebook: nothing is done:");
          problems.forEach(problem -> System.err.println("  " + problem));
          yield MISUSED;
        }
        case NotebookCommand.Print(NotebookPlan plan, boolean asksPassword) -> {
          System.out.print(ManifestText.of(withPassword(plan, asksPassword)));
          yield 0;
        }
        case NotebookCommand.Apply command -> apply(command);
        case NotebookCommand.Delete command -> delete(command);
      };
    } catch (DeployFailure e) {
      return failed(e.sentence());
    } catch (IOException e) {
      return failed(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return INTERRUPTED;
    }
  }

  private static int failed(String sentence) {
    System.err.println("orrery deploy notebook: " + sentence);
    return 1;
  }

  private static NotebookPlan withPassword(NotebookPlan plan, boolean asked) throws IOException {
    warnOfSecrets(plan);
    return asked
        ? plan.withPassword(
            Passwords.hash(
                PasswordPrompt.ask(
                    "Password to log in with", "Without --password a token opens the notebook.")))
        : plan;
  }

  private static void warnOfSecrets(NotebookPlan plan) {
    List<String> secrets = plan.settings().plainSecrets();
    if (!secrets.isEmpty()) {
      System.err.println(
          "Mind that whoever may read ConfigMaps in the namespace reads "
              + String.join(" and ", secrets)
              + " there; --password keeps a hash instead.");
    }
  }

  private NotebookDeployer open() throws DeployFailure {
    return NotebookDeployer.open(
        env, Path.of(System.getProperty("user.home", "/")), System.err::println);
  }

  private int apply(NotebookCommand.Apply command)
      throws DeployFailure, IOException, InterruptedException {
    try (NotebookDeployer deployer = open()) {
      NotebookPlan plan = withPassword(command.plan(), command.asksPassword());
      Rollout rollout = deployer.apply(plan, command.dropsPassword());
      OnSignal.run(
          "INT",
          () -> {
            System.err.println("\n" + rollout.goesOn());
            Runtime.getRuntime().halt(INTERRUPTED);
          });
      System.out.println(await(rollout, command.limit()));
      return 0;
    }
  }

  private static String await(Rollout rollout, Duration limit)
      throws DeployFailure, InterruptedException {
    System.err.println("Waiting until it is ready; Ctrl-C ends the waiting and nothing else.");
    String ways = rollout.await(limit);
    System.err.println("Ready.");
    return ways;
  }

  /** A name where nothing is may be misspelt, so that is no success. */
  private int delete(NotebookCommand.Delete command) throws DeployFailure, InterruptedException {
    try (NotebookDeployer deployer = open()) {
      Optional<String> told =
          deployer.delete(command.name(), command.namespace(), command.storage());
      if (told.isEmpty()) {
        return failed(
            "there is no notebook '"
                + command.name()
                + "' there that this command has made. Those that there are: kubectl get deployments"
                + " -A -l app.kubernetes.io/managed-by=orrery");
      }
      System.out.print(told.get());
      return 0;
    }
  }
}
