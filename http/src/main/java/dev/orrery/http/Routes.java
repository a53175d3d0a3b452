package dev.orrery.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The table of what a server answers, keyed by decoded path segments. A pattern is written {@code
 * /api/kernels/{id}}; {@code {name}} stands for one non-empty segment and a last {@code {name*}}
 * for any number of them. Literal segments win over parameters, parameters over rests. Built once,
 * then read by any thread.
 */
public final class Routes {

  /** How an error on a route is told: as JSON to programs, as a page to people. */
  public enum Kind {
    API,
    PAGE
  }

  /**
   * A route that fits a request.
   *
   * @param pattern the pattern as declared, for logs and metrics
   * @param kind how errors are told
   * @param parameters values of the pattern's names; a rest is joined with slashes and may be empty
   * @param handler empty when the path exists but not for this method
   * @param allowed the methods the path exists for
   */
  public record Match(
      String pattern,
      Kind kind,
      Map<String, String> parameters,
      Optional<Handler> handler,
      List<String> allowed) {}

  private final Node root = new Node();

  /**
   * Adds a route.
   *
   * @throws IllegalStateException when the method and pattern are taken
   */
  public Routes add(Kind kind, String method, String pattern, Handler handler) {
    Node node = root;
    var names = new ArrayList<String>();
    for (String part : pattern.substring(1).split("/", -1)) {
      if (part.endsWith("*}")) {
        names.add(part.substring(1, part.length() - 2));
        node = node.restOrNew();
      } else if (part.startsWith("{")) {
        names.add(part.substring(1, part.length() - 1));
        node = node.parameterOrNew();
      } else {
        node = node.literals.computeIfAbsent(part, _ -> new Node());
      }
    }
    if (node.handlers.put(method, new Entry(pattern, kind, List.copyOf(names), handler)) != null) {
      throw new IllegalStateException(method + " " + pattern + " is declared twice");
    }
    return this;
  }

  /** The route for a request, if its path is known. */
  public Optional<Match> find(String method, List<String> segments) {
    var values = new ArrayList<String>();
    Node node = find(root, segments, 0, values);
    if (node == null) {
      return Optional.empty();
    }
    Entry entry = node.handlers.get(method);
    Entry any = entry == null ? node.handlers.values().iterator().next() : entry;
    var parameters = new LinkedHashMap<String, String>();
    for (int i = 0; i < any.names.size(); i++) {
      parameters.put(any.names.get(i), values.get(i));
    }
    return Optional.of(
        new Match(
            any.pattern,
            any.kind,
            parameters,
            Optional.ofNullable(entry).map(Entry::handler),
            List.copyOf(new TreeSet<>(node.handlers.keySet()))));
  }

  private static @Nullable Node find(
      Node node, List<String> segments, int at, List<String> values) {
    if (at == segments.size()) {
      if (!node.handlers.isEmpty()) {
        return node;
      }
      if (node.rest != null) {
        values.add("");
        return node.rest;
      }
      return null;
    }
    String segment = segments.get(at);
    Node literal = node.literals.get(segment);
    if (literal != null) {
      Node found = find(literal, segments, at + 1, values);
      if (found != null) {
        return found;
      }
    }
    if (node.parameter != null && !segment.isEmpty()) {
      int mark = values.size();
      values.add(segment);
      Node found = find(node.parameter, segments, at + 1, values);
      if (found != null) {
        return found;
      }
      values.subList(mark, values.size()).clear();
    }
    if (node.rest != null) {
      values.add(String.join("/", segments.subList(at, segments.size())));
      return node.rest;
    }
    return null;
  }

  private record Entry(String pattern, Kind kind, List<String> names, Handler handler) {}

  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    final Map<String, Entry> handlers = new HashMap<>();
    @Nullable Node parameter;
    @Nullable Node rest;

    Node parameterOrNew() {
      Node node = parameter == null ? new Node() : parameter;
      parameter = node;
      return node;
    }

    Node restOrNew() {
      Node node = rest == null ? new Node() : rest;
      rest = node;
      return node;
    }
  }
}
