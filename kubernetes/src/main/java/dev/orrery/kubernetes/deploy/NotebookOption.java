package dev.orrery.kubernetes.deploy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The options of {@code orrery deploy notebook}; their texts are its help. */
enum NotebookOption {
  APPLY(
      "--apply",
      "",
      Group.DO,
      "put it onto the cluster, wait until it is ready, say how to open it"),
  DELETE("--delete", "", Group.DO, "take it off the cluster; the files stay"),
  DELETE_STORAGE("--delete-storage", "", Group.DO, "with --delete: its files as well, for good"),
  TIMEOUT(
      "--timeout",
      "TIME",
      Group.DO,
      "with --apply: how long to wait, such as 90s or 20m; 10m where nothing is said"),
  NAMESPACE(
      "--namespace",
      "NAME",
      Group.DO,
      "the part of the cluster it goes to; else the one your kubeconfig names"),
  PASSWORD(
      "--password",
      "",
      Group.ENTRY,
      "ask for a password to log in with, or read it from a line of the standard input"),
  NO_PASSWORD("--no-password", "", Group.ENTRY, "with --apply: back from a password to a token"),
  HOST("--host", "NAME", Group.ENTRY, "make it reachable as NAME, by the cluster's Ingress"),
  INGRESS_CLASS(
      "--ingress-class", "NAME", Group.ENTRY, "with --host: which Ingress controller, if several"),
  TLS_SECRET(
      "--tls-secret",
      "NAME",
      Group.ENTRY,
      "with --host: HTTPS with the certificate of that Secret"),
  IMAGE("--image", "IMAGE", Group.SIZE, "what runs; " + NotebookPlan.DEFAULT_IMAGE + " else"),
  MEMORY(
      "--memory",
      "SIZE",
      Group.SIZE,
      "memory it gets, such as 4Gi, and not more; else "
          + NotebookPlan.DEFAULT_MEMORY
          + " at least"),
  CPU("--cpu", "NUMBER", Group.SIZE, "processors it gets, such as 2 or 0.5, and not more"),
  GPU("--gpu", "NUMBER", Group.SIZE, "NVIDIA GPUs it gets"),
  ENV("--env", "NAME=VALUE", Group.SIZE, "an environment variable; may be given many times"),
  SETTINGS(
      "--settings", "FILE", Group.SIZE, "settings of Jupyter Server, a jupyter_server_config.json"),
  STORAGE(
      "--storage",
      "SIZE",
      Group.FILES,
      "how much room files have; "
          + NotebookPlan.DEFAULT_STORAGE
          + " else. It can grow later and never shrink"),
  STORAGE_CLASS(
      "--storage-class", "NAME", Group.FILES, "the kind of storage, if there are several"),
  NO_STORAGE("--no-storage", "", Group.FILES, "keep no files: they go with every restart"),
  HELP("--help", "", Group.ALSO, "this text");

  /** Under which heading an option stands. */
  enum Group {
    DO("What to do"),
    ENTRY("Who gets in, and where"),
    SIZE("What runs"),
    FILES("Files"),
    ALSO("Also");

    private final String heading;

    Group(String heading) {
      this.heading = heading;
    }
  }

  private static final int COLUMN = 26;

  private final String flag;
  private final String argument;
  private final Group group;
  private final String text;

  NotebookOption(String flag, String argument, Group group, String text) {
    this.flag = flag;
    this.argument = argument;
    this.group = group;
    this.text = text;
  }

  String flag() {
    return flag;
  }

  /** What stands behind it; empty where nothing does. */
  String argument() {
    return argument;
  }

  static Optional<NotebookOption> of(String flag) {
    return Arrays.stream(values())
        .filter(option -> option.flag.equals(flag) || option == HELP && flag.equals("-h"))
        .findFirst();
  }

  static List<String> flags() {
    return Arrays.stream(values()).map(NotebookOption::flag).toList();
  }

  /** What {@code --help} prints. */
  static String help() {
    String options =
        Arrays.stream(Group.values())
            .map(group ->
                group.heading
                    + "\n"
                    + Arrays.stream(values())
                        .filter(option -> option.group == group)
                        .map(NotebookOption::line)
                        .collect(Collectors.joining()))
            .collect(Collectors.joining("\n"));
    return """
    Usage: orrery deploy notebook [NAME] [options]

    A notebook of your own on a Kubernetes cluster: JupyterLab in a container, with room for your
    files that stays when the container goes. NAME is 'notebook' where nothing is said; give other
    names to have several.

      orrery deploy notebook --apply --password      start it; asks for a password first
      orrery deploy notebook --apply --memory 4Gi    change it; files and password stay
      orrery deploy notebook --delete                take it away; the files stay

    Which cluster is found as kubectl finds it: the file that KUBECONFIG names, else ~/.kube/config.
    Without --apply nothing is touched and no cluster is needed: what would be put there is printed,
    for 'kubectl apply -f -'.

    """
        + options;
  }

  private String line() {
    String left = "  " + flag + (argument.isEmpty() ? "" : " " + argument);
    return left + " ".repeat(Math.max(1, COLUMN - left.length())) + text + "\n";
  }
}
