package dev.orrery.config;

import java.io.StringReader;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Reads the structure of {@link JsonFile} from YAML 1.1, the YAML of Python. Loaded only when such
 * a file exists.
 */
final class YamlFile {

  private static final int MAX_DEPTH = 100;
  private static final int MAX_VALUES = 100_000;

  /** Turns nodes, which know their lines, into values. */
  private static final class Values extends SafeConstructor {

    Values(LoaderOptions options) {
      super(options);
    }

    @Nullable Object of(Node node) {
      return constructDocument(node);
    }

    void resolveMergeKeys(MappingNode node) {
      flattenMapping(node);
    }
  }

  /** A value without a plain form; caught where its setting is known. */
  private static final class NoPlainForm extends Exception {
    private static final long serialVersionUID = 1;

    NoPlainForm(String what) {
      super(what, null, false, false);
    }
  }

  private final Path path;
  private final int rank;
  private final Report report;
  private final LoaderOptions options = options();
  private final Values values = new Values(options);
  private final Layer layer = new Layer();
  private int count;

  private YamlFile(Path path, int rank, Report report) {
    this.path = path;
    this.rank = rank;
    this.report = report;
  }

  private static LoaderOptions options() {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setAllowRecursiveKeys(false);
    options.setMaxAliasesForCollections(50);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setCodePointLimit(8 * 1024 * 1024);
    return options;
  }

  static Layer read(Path path, int rank, Report report) {
    var text = FileText.read(path, report);
    if (text.isEmpty()) {
      return new Layer();
    }
    var file = new YamlFile(path, rank, report);
    try {
      file.document(new Yaml(options()).compose(new StringReader(text.get())));
      return file.layer;
    } catch (MarkedYAMLException e) {
      report.problem(
          FileText.name(path),
          file.at(e.getProblemMark()),
          "is not valid YAML: " + e.getProblem() + "; correct it there");
    } catch (YAMLException e) {
      report.problem(FileText.name(path), path.toString(), "is not valid YAML: " + e.getMessage());
    }
    return new Layer();
  }

  private void document(@Nullable Node root) {
    // A file with nothing but comments says nothing.
    if (root == null) {
      return;
    }
    if (!(root instanceof MappingNode mapping)) {
      report.problem(
          FileText.name(path),
          at(root.getStartMark()),
          "must hold one mapping such as 'ServerApp: {port: 8888}'");
      return;
    }
    entries(mapping, "")
        .forEach((key, node) -> {
          if (!Layer.isSection(key)) {
            report.warn(
                at(node.getStartMark())
                    + ": '"
                    + key
                    + "' stands outside of a class section and is ignored");
          } else if (node instanceof MappingNode section) {
            section(key, section, 1);
          } else {
            report.problem(
                key,
                at(node.getStartMark()),
                "must be a mapping of settings; write '" + key + ": {name: value}'");
          }
        });
  }

  private void section(String section, MappingNode node, int depth) {
    entries(node, section + ".")
        .forEach((key, child) -> {
          if (child instanceof MappingNode inner && Layer.isSection(key) && depth < MAX_DEPTH) {
            section(section + "." + key, inner, depth + 1);
          } else {
            layer.put(section, key, raw(child));
          }
        });
  }

  private Raw raw(Node node) {
    var origin = new Origin(at(node.getStartMark()), rank);
    try {
      return new Raw.Plain(plain(values.of(node), 0), origin);
    } catch (NoPlainForm e) {
      return new Raw.Unusable(String.valueOf(e.getMessage()), origin);
    }
  }

  private Map<String, Node> entries(MappingNode node, String prefix) {
    Set<String> own = new HashSet<>();
    for (var tuple : node.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key
          && !key.getValue().equals("<<")
          && !own.add(key.getValue())) {
        report.problem(
            prefix + key.getValue(),
            at(key.getStartMark()),
            "stands twice in one mapping; keep the one that is meant");
      }
    }
    values.resolveMergeKeys(node);
    Map<String, Node> entries = new LinkedHashMap<>();
    for (var tuple : node.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        entries.put(key.getValue(), tuple.getValueNode());
      } else {
        report.problem(
            FileText.name(path),
            at(tuple.getKeyNode().getStartMark()),
            "has a key that is no text; write the name of a class or setting");
      }
    }
    return entries;
  }

  private @Nullable Object plain(@Nullable Object value, int depth) throws NoPlainForm {
    count++;
    if (depth > MAX_DEPTH || count > MAX_VALUES) {
      throw new NoPlainForm(
          "a value with more than " + MAX_DEPTH + " levels or " + MAX_VALUES + " parts");
    }
    return switch (value) {
      case null -> null;
      case Integer number -> number.longValue();
      case BigInteger number -> PlainValues.whole(number);
      case Date _ -> throw new NoPlainForm("a date, which text in quotes is not");
      case Map<?, ?> map -> plainMap(map, depth);
      case Collection<?> items -> plainItems(items, depth);
      case Object[] items -> plainItems(List.of(items), depth);
      default -> value;
    };
  }

  private Map<String, @Nullable Object> plainMap(Map<?, ?> map, int depth) throws NoPlainForm {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    for (var entry : map.entrySet()) {
      Object key = plain(entry.getKey(), depth + 1);
      copy.put(
          PlainValues.keyText(key)
              .orElseThrow(() -> new NoPlainForm("a mapping with a key that is no text")),
          plain(entry.getValue(), depth + 1));
    }
    return Collections.unmodifiableMap(copy);
  }

  private List<@Nullable Object> plainItems(Collection<?> items, int depth) throws NoPlainForm {
    List<@Nullable Object> copy = new ArrayList<>();
    for (var item : items) {
      copy.add(plain(item, depth + 1));
    }
    return Collections.unmodifiableList(copy);
  }

  private String at(@Nullable Mark mark) {
    return mark == null
        ? path.toString()
        : path + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
  }
}
