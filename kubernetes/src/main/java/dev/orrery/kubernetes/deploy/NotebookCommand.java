package dev.orrery.kubernetes.deploy;

import java.time.Duration;
import java.util.List;

/** What a command line of {@code orrery deploy notebook} asks for. */
public sealed interface NotebookCommand {

  /** Somebody asked for help: this is to be printed. */
  record Help(String text) implements NotebookCommand {}

  /**
   * Nothing can be done.
   *
   * @param problems sentences, each with the option, its value and the way out
   */
  record Refused(List<String> problems) implements NotebookCommand {
    public Refused {
      problems = List.copyOf(problems);
    }
  }

  /**
   * Print the manifests.
   *
   * @param asksPassword whether a password comes into the plan first
   */
  record Print(NotebookPlan plan, boolean asksPassword) implements NotebookCommand {}

  /**
   * Put it onto the cluster.
   *
   * @param asksPassword whether a password comes into the plan first
   * @param dropsPassword whether the one it has goes; else it stays unless the plan has another
   * @param limit how long to wait until it is ready
   */
  record Apply(NotebookPlan plan, boolean asksPassword, boolean dropsPassword, Duration limit)
      implements NotebookCommand {}

  /**
   * Take it off the cluster.
   *
   * @param namespace empty for the one that the surroundings say
   * @param storage whether its files go, too
   */
  record Delete(String name, String namespace, boolean storage) implements NotebookCommand {}
}
