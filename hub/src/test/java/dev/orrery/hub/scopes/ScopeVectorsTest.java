package dev.orrery.hub.scopes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.hub.scopes.Resource.Owner;
import dev.orrery.hub.scopes.Resource.Server;
import dev.orrery.hub.scopes.Resource.Target;
import dev.orrery.hub.scopes.ScopeText.Grant;
import dev.orrery.hub.scopes.ScopeText.Limit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What JupyterHub 6.1.1 answers to some thousand random questions about scopes; {@code
 * src/test/python/scope_vectors.py} asked it.
 */
class ScopeVectorsTest {

  /** Texts we refuse on purpose. There, each would give something nobody meant to give. */
  private static final Map<String, String> REFUSED_HERE =
      Map.of(
          "read:users!", "an exclamation mark without a filter is read as no limit at all",
          "read:users!server=", "a filter for no server fails in each request instead",
          "read:users!server=lab", "a filter without a user would be met by anybody's server lab",
          "read:servers!server=/lab", "there is no user with an empty name");

  private static final Map<String, List<String[]>> LINES = new HashMap<>();
  private static final Map<String, Set<String>> GROUPS_OF = new HashMap<>();
  private static final Groups GROUPS = user -> GROUPS_OF.getOrDefault(user, Set.of());

  private static ScopeTable table = ScopeTable.standard();

  @BeforeAll
  static void readLines() throws IOException {
    try (var in = ScopeVectorsTest.class.getResourceAsStream("vectors.txt")) {
      for (String line : new String(in.readAllBytes(), UTF_8).split("\n")) {
        String[] fields = line.split("\t", -1);
        LINES.computeIfAbsent(fields[0], _ -> new ArrayList<>()).add(fields);
      }
    }
    for (String[] line : lines("group")) {
      for (String member : words(line[2])) {
        GROUPS_OF.computeIfAbsent(member, _ -> new HashSet<>()).add(line[1]);
      }
    }
    Map<String, Object> custom = new LinkedHashMap<>();
    for (String[] line : lines("custom")) {
      custom.put(line[1], Map.of("description", "d", "subscopes", words(line[2])));
    }
    CustomScopes checked = CustomScopes.check(custom);
    assertThat(checked.problems()).isEmpty();
    table = checked.table();
  }

  private static List<String[]> lines(String kind) {
    return LINES.getOrDefault(kind, List.of());
  }

  private static List<String> words(String field) {
    return field.isEmpty() ? List.of() : List.of(field.split(" "));
  }

  private static String text(Collection<String> words) {
    return String.join(" ", words);
  }

  private static Resource resource(String filter) {
    return ((Limit.To) ((Grant) ScopeTable.standard().parse("users!" + filter)).limit()).resource();
  }

  private static Owner owner(String filter) {
    return (Owner) resource(filter);
  }

  private static Optional<Target> client(String filter) {
    return filter.isEmpty() ? Optional.empty() : Optional.of((Target) resource(filter));
  }

  /** Exactly these, without what they imply. */
  private static ScopeSet exactly(String field) {
    var reaches = new HashMap<String, Reach>();
    for (String word : words(field)) {
      Grant grant = (Grant) table.parse(word);
      Reach reach =
          grant.limit() instanceof Limit.To(Resource resource)
              ? Reach.of(resource)
              : Reach.Everything.EVERYTHING;
      reaches.merge(grant.scope(), reach, Reach::union);
    }
    return ScopeSet.of(reaches);
  }

  private interface Answer {
    String to(String[] line);
  }

  /** Compares the last {@code answers} fields of each line with ours. */
  private static void compare(String kind, int answers, Answer ours) {
    List<String[]> lines = lines(kind);
    assertThat(lines).hasSizeGreaterThan(1);
    var wrong = new ArrayList<String>();
    for (String[] line : lines) {
      String theirs = Stream.of(line).skip(line.length - answers).collect(joining("\t"));
      String answer = ours.to(line);
      if (!answer.equals(theirs)) {
        wrong.add(String.join("\t", line) + "\n  ours: " + answer);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void tableIsThatOfTheHub() {
    compare(
        "scope",
        1,
        line ->
            table
                .find(line[1])
                .map(scope -> text(scope.implies().stream().sorted().toList()))
                .orElse("?"));
    assertThat(table.scopes()).hasSameSizeAs(lines("scope"));
  }

  @Test
  void defaultRolesAreThoseOfTheHub() {
    Map<String, String> roles =
        RoleDefinition.defaults().stream()
            .collect(
                toMap(
                    RoleDefinition::name, role -> text(role.scopes().stream().sorted().toList())));
    compare("role", 1, line -> roles.getOrDefault(line[1], "?"));
    assertThat(roles).hasSameSizeAs(lines("role"));
  }

  @Test
  void textsAreUnderstoodOrRefused() {
    var refusedHere = new HashSet<String>();
    compare(
        "usable",
        1,
        line -> {
          boolean usable = table.parse(line[1]) instanceof Grant;
          if (!usable && line[2].equals("yes") && REFUSED_HERE.containsKey(line[1])) {
            refusedHere.add(line[1]);
            return "yes";
          }
          return usable ? "yes" : "no";
        });
    assertThat(refusedHere).isEqualTo(REFUSED_HERE.keySet());
  }

  @Test
  void expansionImpliesTheSame() {
    compare(
        "expand",
        1,
        line -> text(table.expand(words(line[1]), owner(line[2]), client(line[3])).texts()));
  }

  @Test
  void intersectionIsTheSame() {
    compare(
        "intersect", 1, line -> text(exactly(line[1]).intersect(exactly(line[2]), GROUPS).texts()));
  }

  @Test
  void sameIsAllowed() {
    compare(
        "has",
        1,
        line -> {
          ScopeSet held = exactly(line[1]);
          var answers = new StringBuilder();
          for (String word : words(line[2])) {
            Grant grant = (Grant) table.parse(word);
            Reach reach = held.reach(grant.scope());
            boolean allowed =
                grant.limit() instanceof Limit.To(Resource resource)
                    ? reach.covers(resource, GROUPS)
                    : reach == Reach.Everything.EVERYTHING;
            answers.append(allowed ? '1' : '0');
          }
          return answers.toString();
        });
  }

  @Test
  void tokensAllowTheSame() {
    compare(
        "token",
        2,
        line -> {
          Owner owner = owner(line[3]);
          Optional<Target> client = client(line[4]);
          ScopeSet has = table.expand(words(line[2]), owner);
          List<String> wants = words(line[1]);
          return text(table.ofToken(wants, owner, has, client, GROUPS).texts())
              + "\t"
              + text(table.excess(wants, owner, has, client, GROUPS));
        });
  }

  @Test
  void requestsForTokensAreGrantedTheSame() {
    compare(
        "request",
        2,
        line -> {
          Owner owner = owner(line[3]);
          Optional<Target> client = client(line[4]);
          Granted granted =
              Granted.of(table, words(line[1]), words(line[2]), owner, client, GROUPS);
          // Parts that are granted twice are listed twice there.
          ScopeSet ours = table.expand(granted.granted(), owner, client);
          ScopeSet theirs = table.expand(words(line[5]), owner, client);
          String texts = ours.equals(theirs) ? line[5] : text(granted.granted());
          return texts + "\t" + text(granted.refused());
        });
  }

  @Test
  void sameIsSeenOfUsersAndServers() {
    compare(
        "user",
        2,
        line -> {
          var visible = new Visible(exactly(line[1]), GROUPS);
          int slash = line[2].indexOf('/');
          var server = new Server(line[2].substring(0, slash), line[2].substring(slash + 1));
          String fields =
              visible.user(server.user()).stream()
                  .map(UserField::key)
                  .sorted()
                  .collect(joining(" "));
          return fields
              + "\t"
              + (visible.server(server) ? '1' : '0')
              + (visible.serverState(server) ? '1' : '0');
        });
  }

  @Test
  void sameIsSeenOfGroups() {
    compare(
        "groupmodel",
        1,
        line ->
            new Visible(exactly(line[1]), GROUPS)
                .group(line[2]).stream().map(GroupField::key).sorted().collect(joining(" ")));
  }

  @Test
  void sameIsSeenOfServices() {
    compare(
        "servicemodel",
        1,
        line ->
            new Visible(exactly(line[1]), GROUPS)
                .service(line[2]).stream().map(ServiceField::key).sorted().collect(joining(" ")));
  }
}
