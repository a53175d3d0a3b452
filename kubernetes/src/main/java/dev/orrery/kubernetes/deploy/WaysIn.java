package dev.orrery.kubernetes.deploy;

/** How a notebook is opened, in lines to be copied. */
final class WaysIn {

  private final NotebookPlan plan;

  WaysIn(NotebookPlan plan) {
    this.plan = plan;
  }

  /** A command in the namespace of the notebook. */
  String kubectl(String command) {
    return "kubectl"
        + (plan.namespace().isEmpty() ? "" : " -n " + plan.namespace())
        + " "
        + command;
  }

  /**
   * A command of ours for a notebook, with its name and namespace unless they are the usual ones.
   */
  static String orrery(String name, String namespace, String options) {
    return "orrery deploy notebook "
        + (name.equals(NotebookReader.DEFAULT_NAME) ? "" : name + " ")
        + (namespace.isEmpty() ? "" : "--namespace " + namespace + " ")
        + options;
  }

  /** The command that takes it away. */
  String delete() {
    return orrery(plan.name(), plan.namespace(), "--delete");
  }

  /** The command that leads this machine to a notebook without an entrance. */
  String forward() {
    int port = NotebookPlan.PORT;
    return kubectl("port-forward service/" + plan.name() + " " + port + ":" + port);
  }

  /** Where browsers find it. */
  String url() {
    String origin =
        plan.entrance()
            .map(NotebookPlan.Entrance::url)
            .orElse("http://127.0.0.1:" + NotebookPlan.PORT + "/");
    return origin + plan.settings().baseUrl().substring(1);
  }

  /** Both in a line. */
  String open() {
    return plan.entrance().isPresent() ? url() : forward() + "   and then " + url();
  }

  /** The command that shows the log, where a server tells its token. */
  String log() {
    return kubectl("logs deployment/" + plan.name());
  }

  /** How one gets in, in a line. */
  String enter() {
    return plan.settings().password().isPresent()
        ? "with the password"
        : "with the token that the server tells in its log: " + log();
  }
}
