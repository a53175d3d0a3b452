package dev.orrery.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A table of calls of a hub's REST API, what asking them gives, and how answers differ. */
final class HubApiCalls {

  static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private HubApiCalls() {}

  /**
   * One call.
   *
   * @param who what {@link HubCallers#show} understands
   * @param path below {@code /hub/api}; {@code $name} in it and in the body stands for what was
   *     kept by that name
   * @param keep {@code name=/pointer} into the answer, for later calls
   */
  record Call(String who, String method, String path, String body, String keep) {

    @Override
    public String toString() {
      return who + " " + method + " " + path + (body.isEmpty() ? "" : " " + body);
    }
  }

  /** What a hub said, in a form that can be compared. */
  record Answer(Call call, Map<String, String> facts) {}

  /** Operations that this table does not ask for, by the end of their pattern. */
  static final List<String> NOT_ASKED =
      List.of(
          // Other tests go through these with browsers.
          "/api/oauth2/authorize", "/api/oauth2/token");

  /** The token of the service {@code cron} in the settings. */
  static final String CRON = "0123456789abcdef0123456789abcdef";

  /** Who asks with which scopes. */
  private static final Map<String, String> TOKENS =
      new TreeMap<>(
          Map.of(
              "reader", "\"read:users\",\"list:users\"",
              "namer", "\"read:users:name\",\"list:users!user=ann\"",
              "annonly", "\"read:users!user=ann\",\"servers!user=ann\",\"tokens!user=ann\"",
              "group", "\"groups!group=lab\",\"read:roles:groups!group=lab\"",
              "sharer", "\"shares!user=ann\"",
              "servicer", "\"admin:services\",\"read:services!service=cron\"",
              "lister", "\"list:services!service=cron\"",
              "ruler", "\"read:roles:services\",\"list:services\"",
              "state", "\"admin:server_state\",\"read:servers\",\"start:servers!server=ann/one\""));

  /** Differences that are meant, by a pattern of how they are told, with the reason. */
  static final Map<String, String> ALLOWED = new LinkedHashMap<>();

  static {
    ALLOWED.put(".*: /message: .*", "The sentences are ours; upstream gives null for some.");
    ALLOWED.put(
        ".*: status: 500 \\| ours: (400|405)", "Bad input is refused, where upstream fails.");
    ALLOWED.put("root.* GET /info: /spawner/class: .*", "It is another program.");
    ALLOWED.put(
        "nobody HEAD /: header Access-Control-Allow-Origin: .*",
        "What is refused tells other sites nothing.");
    ALLOWED.put(".*: header Allow: none \\| ours: .*", "HTTP wants it said with 405.");
    ALLOWED.put(
        "root POST /users/bob/server: header Retry-After: none \\| ours: seconds",
        "Whoever is to wait is told how long, whatever the limit is.");
    ALLOWED.put(
        "cron GET /user: /(display|url): null \\| .*"
            + "|root GET /authorizations/token/f.*: /(url|info|display|prefix).*",
        "A service has one model, whoever asks for it and how.");
    ALLOWED.put(
        "servicer POST /services/s1[01] .*: status: 201 \\| ours: 400",
        "Nobody can give a service what their token has not.");
    ALLOWED.put("nobody GET /health: header .*", "There is nothing in the answer.");
    ALLOWED.put(
        "root GET /users/ann\\?include_stopped_servers=1: /servers//.*",
        "A default server has a record once somebody asks for it, upstream since the home page.");
    ALLOWED.put("ann POST /users/ann/tokens \\[]: status: 201 \\| ours: 400", "It is no object.");
    ALLOWED.put(
        "ann PATCH .* \\{\"display_name\":\" {2}\"}: status: 200 \\| ours: 400",
        "A display name is checked for servers that exist, too.");
    ALLOWED.put(
        "state PATCH .* \\{\"name\":\"other\"}: status: 200 \\| ours: 403",
        "A token that is limited to one server can't give it a name beyond its limit.");
    ALLOWED.put(
        "ann PATCH /users/ann/servers/other .*: status: 200 \\| ours: 404",
        "What the call before is refused did not happen.");
    ALLOWED.put(
        "ann GET /users/ann/servers/x1: /user_options/?: .*", "Options are always an object.");
    ALLOWED.put(
        "bob GET /user: /scopes/access:servers!server=ann/: nothing \\| ours: there",
        "What is shared with a group reaches tokens, too, upstream only logins.");
    ALLOWED.put(".*/state/orrery_\\w+: nothing \\| .*", "It finds the process again for sure.");
  }

  /** The pattern that allows a difference. */
  static Optional<String> allowed(String difference) {
    return ALLOWED.keySet().stream()
        .filter(pattern -> difference.matches("(?s)" + pattern))
        .findFirst();
  }

  /** One line each: who, method, path, body, and after an arrow what is kept. */
  static List<Call> all() {
    var calls = new ArrayList<Call>();
    for (String line : Texts.read(Texts.resource("/hub-api-calls.txt")).lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] kept = line.split(" -> ", 2);
      String[] words = kept[0].strip().split(" +", 4);
      calls.add(
          new Call(
              words[0],
              words[1],
              words.length > 2 ? words[2] : "",
              words.length > 3 ? words[3] : "",
              kept.length > 1 ? kept[1].strip() : ""));
    }
    return calls;
  }

  /** Asks all of a hub, in order. */
  static List<Answer> ask(String origin, Supplier<String> log) {
    var kept = new HashMap<String, String>();
    kept.put("origin", origin);
    var callers = new HubCallers(origin);
    var answers = new ArrayList<Answer>();
    try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (String user : List.of("root", "ann", "bob")) {
        callers.logIn(user);
        kept.put("xsrf_" + user, callers.xsrf(user));
        var body = JSON.createObjectNode();
        body.putObject("auth").put("username", user).put("password", "x");
        callers.addToken(user, token(http, origin, user, body.toString(), ""));
      }
      String root = callers.token("root");
      TOKENS.forEach((name, scopes) ->
          callers.addToken(
              name, token(http, origin, "root", "{\"scopes\":[" + scopes + "]}", root)));
      callers.addToken("cron", CRON);
      for (String user : List.of("root", "ann", "bob")) {
        kept.put(user, callers.token(user));
      }
      for (Call call : all()) {
        answers.add(ask(http, origin, call, callers, kept));
      }
      return answers;
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError(log.get(), e);
    }
  }

  private static String token(
      HttpClient http, String origin, String user, String body, String token) {
    var request =
        HttpRequest.newBuilder(URI.create(origin + "/hub/api/users/" + user + "/tokens"))
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "token " + token);
    }
    HttpResponse<String> answer = send(http, request.build());
    if (answer.statusCode() != 201) {
      throw new AssertionError("No token of " + user + ": " + answer.body());
    }
    return JSON.readTree(answer.body()).path("token").asString();
  }

  private static HttpResponse<String> send(HttpClient http, HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(request.method() + " " + request.uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted", e);
    }
  }

  private static Answer ask(
      HttpClient http, String origin, Call call, HubCallers callers, Map<String, String> kept) {
    String path = filled(call.path(), kept);
    String body = filled(call.body(), kept);
    var request =
        HttpRequest.newBuilder(URI.create(origin + "/hub/api" + path))
            .timeout(LIMIT)
            .method(
                call.method(),
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    callers.show(request, call.who());
    HttpResponse<String> answer = send(http, request.build());
    var facts = new TreeMap<String, String>();
    facts.put("status", Integer.toString(answer.statusCode()));
    for (String header : HEADERS) {
      facts.put(
          "header " + header,
          answer.headers().firstValue(header).map(v -> header(header, v)).orElse("none"));
    }
    for (String cookie : answer.headers().allValues("Set-Cookie")) {
      facts.put("cookie " + cookie.substring(0, cookie.indexOf('=')), attributes(cookie));
    }
    body(answer.body(), origin, facts);
    if (!call.keep().isEmpty()) {
      int equals = call.keep().indexOf('=');
      String name = call.keep().substring(0, equals);
      String value = JSON.readTree(answer.body()).at(call.keep().substring(equals + 1)).asString();
      kept.put(name, value);
      callers.addToken(name, value);
    }
    return new Answer(call, facts);
  }

  private static String filled(String text, Map<String, String> kept) {
    String filled = text;
    for (Map.Entry<String, String> value : kept.entrySet()) {
      filled = filled.replace("$" + value.getKey(), value.getValue());
    }
    return filled;
  }

  /** What programs go by. */
  private static final List<String> HEADERS =
      List.of(
          "Content-Type",
          "X-JupyterHub-Version",
          "Content-Security-Policy",
          "Location",
          "Allow",
          "Retry-After",
          "WWW-Authenticate",
          "Access-Control-Allow-Origin",
          "Access-Control-Allow-Headers");

  private static String header(String name, String value) {
    return switch (name) {
      case "Retry-After" -> value.matches("\\d+") ? "seconds" : value;
      default -> value.replaceFirst("; ?charset=.*", "");
    };
  }

  /** How long and for what a cookie is, whatever the order in which that is said. */
  private static String attributes(String cookie) {
    if (cookie.matches("[^=]*=(\"\")?;.*")) {
      return "taken away from " + cookie.replaceFirst("(?i).*path=([^;]*).*", "$1");
    }
    return Pattern.compile(";\\s*")
        .splitAsStream(cookie)
        .skip(1)
        .map(attribute -> attribute.toLowerCase(Locale.ROOT))
        .map(attribute -> attribute.replaceFirst("^(expires)=.*", "$1"))
        .sorted()
        .collect(Collectors.joining("; "));
  }

  private static void body(String body, String origin, Map<String, String> facts) {
    if (body.isEmpty()) {
      facts.put("body", "empty");
      return;
    }
    if (body.strip().startsWith("data: ")) {
      int event = 0;
      for (String line : body.lines().filter(text -> text.startsWith("data: ")).toList()) {
        flatten("/event" + event, JSON.readTree(line.substring(6)), origin, facts);
        event++;
      }
      return;
    }
    if (body.startsWith("{") || body.startsWith("[")) {
      flatten("", JSON.readTree(body), origin, facts);
    } else {
      facts.put("body", body.replaceAll("\\s+", " ").strip());
    }
  }

  /** Lists whose order means nothing. */
  private static final List<String> SETS = List.of("/scopes", "/roles", "/groups");

  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|\\+00:00)");

  private static void flatten(
      String path, JsonNode node, String origin, Map<String, String> facts) {
    if (node.isObject()) {
      facts.put(path + "/", "object");
      node.properties()
          .forEach(field -> flatten(path + "/" + field.getKey(), field.getValue(), origin, facts));
    } else if (node.isArray()) {
      if (SETS.stream().anyMatch(path::endsWith)) {
        node.forEach(item -> facts.put(path + "/" + item.asString(), "there"));
        return;
      }
      facts.put(path + "/", "array of " + node.size());
      var items = new ArrayList<JsonNode>();
      node.forEach(items::add);
      for (int i = 0; i < items.size(); i++) {
        flatten(path + "/" + i, items.get(i), origin, facts);
      }
    } else {
      facts.put(path, plain(path, node, origin));
    }
  }

  private static String plain(String path, JsonNode node, String origin) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (!node.isString()) {
      return name.equals("pid") ? "a number" : node.toString();
    }
    String text = node.asString();
    Matcher time = TIME.matcher(text);
    return switch (name) {
      case "id", "token_id" -> text.replaceAll("\\d+", "N");
      case "token", "code", "python", "sys_executable" -> "a text";
      case "accept_url" -> text.replaceFirst("code=.*", "code=…");
      case "target" -> "an address";
      default ->
          time.matches() && !text.startsWith("2020") ? "a time" : text.replace(origin, "ORIGIN");
    };
  }

  /** A line for each fact that is not the same. */
  static List<String> differences(Answer theirs, Answer ours) {
    var lines = new ArrayList<String>();
    String status = theirs.facts().getOrDefault("status", "");
    if (!status.equals(ours.facts().getOrDefault("status", ""))) {
      // All else is different then, and follows from it.
      return List.of(
          theirs.call() + ": status: " + status + " | ours: " + ours.facts().get("status"));
    }
    var names = new TreeMap<>(theirs.facts());
    names.putAll(ours.facts());
    for (String name : names.keySet()) {
      String there = theirs.facts().getOrDefault(name, "nothing");
      String here = ours.facts().getOrDefault(name, "nothing");
      if (!there.equals(here)) {
        lines.add(theirs.call() + ": " + name + ": " + there + " | ours: " + here);
      }
    }
    return lines;
  }
}
