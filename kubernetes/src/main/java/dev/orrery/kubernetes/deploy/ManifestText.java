package dev.orrery.kubernetes.deploy;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Manifests as YAML for kubectl. */
public final class ManifestText {

  /** Texts that no reader of any YAML takes for something else. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z/](?:[A-Za-z0-9._/@-]|:(?=[A-Za-z0-9]))*|[1-9]\\d*[KMGT]i");

  /** The pattern takes stack for each character. */
  private static final int LONGEST_PLAIN = 300;

  private static final Set<String> OTHER_MEANING =
      Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null");

  private ManifestText() {}

  /**
   * The objects of a notebook, one document each, and above them how to use them.
   *
   * @return for the same plan always the same text
   */
  public static String of(NotebookPlan plan) {
    return head(plan)
        + NotebookManifests.of(plan).values().stream()
            .map(ManifestText::document)
            .collect(Collectors.joining());
  }

  private static String head(NotebookPlan plan) {
    var words = new WaysIn(plan);
    String more = plan.storage().isPresent() ? "; the files stay" : "";
    return """
    # The notebook '%s' for Kubernetes.
    #   start or change it   kubectl apply -f FILE     (FILE is - behind a pipe)
    #   open it              %s
    #   get in               %s
    #   take it away         %s%s
    """
        .formatted(plan.name(), words.open(), words.enter(), words.delete(), more);
  }

  private static String document(Map<String, Object> manifest) {
    return "---\n" + yaml(manifest);
  }

  /** A tree of plain values. */
  static String yaml(Object tree) {
    var options = new DumperOptions();
    options.setDefaultFlowStyle(FlowStyle.BLOCK);
    options.setIndent(2);
    options.setSplitLines(false);
    return new Yaml(new Texts(options), options).dump(tree);
  }

  /**
   * Quotes more than is needed: kubectl takes {@code y} for true, and other readers 1e3 or 0o7 for
   * numbers. Text of several lines stands in lines.
   */
  private static final class Texts extends Representer {

    Texts(DumperOptions options) {
      super(options);
      representers.put(String.class, text -> text((String) text));
    }

    private Node text(String text) {
      boolean plain =
          text.length() <= LONGEST_PLAIN
              && PLAIN.matcher(text).matches()
              && !OTHER_MEANING.contains(text.toLowerCase(Locale.ROOT));
      boolean lines = text.endsWith("\n") && text.chars().allMatch(c -> c == '\n' || c >= ' ');
      return representScalar(
          Tag.STR,
          text,
          plain ? ScalarStyle.PLAIN : lines ? ScalarStyle.LITERAL : ScalarStyle.DOUBLE_QUOTED);
    }
  }
}
