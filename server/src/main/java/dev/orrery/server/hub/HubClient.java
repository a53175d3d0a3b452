package dev.orrery.server.hub;

import dev.orrery.http.Json;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The four things a server asks its hub. */
final class HubClient {

  private static final System.Logger LOG = System.getLogger(HubClient.class.getName());

  /** What a visitor waits for at most; a hub that works answers in milliseconds. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final HubSettings settings;
  private final HubHttp http;
  private final AtomicBoolean refusalTold = new AtomicBoolean();

  HubClient(HubSettings settings) {
    this(settings, LIMIT);
  }

  HubClient(HubSettings settings, Duration limit) {
    this.settings = settings;
    http = new HubHttp(limit);
  }

  /** The version in the hub's header; empty when it tells none. */
  Optional<String> version() throws HubTrouble, InterruptedException {
    HubHttp.Answer answer = http.ask("GET", api("/"), Map.of(), new byte[0]);
    if (!answer.isSuccess()) {
      throw HubTrouble.badAnswer("The hub at " + api("/") + " answered " + answer.status());
    }
    return Optional.ofNullable(answer.headers().get("x-jupyterhub-version"));
  }

  /** Whom a token belongs to; empty when the hub does not know the token. */
  Optional<HubUser> userOf(String token) throws HubTrouble, InterruptedException {
    // What is no token can't be put into a header, and nobody has it.
    if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      return Optional.empty();
    }
    HubHttp.Answer answer =
        http.ask("GET", api("/user"), Map.of("Authorization", "token " + token), new byte[0]);
    if (answer.status() == 401 || answer.status() == 403) {
      return Optional.empty();
    }
    if (!answer.isSuccess()) {
      throw HubTrouble.badAnswer("The hub answered " + answer.status() + " to whose a token is");
    }
    return Optional.of(
        HubUser.fromJson(json(answer))
            .orElseThrow(() -> HubTrouble.badAnswer("The hub's answer names no user")));
  }

  /** What came of exchanging a code. */
  sealed interface Exchanged {
    /** The visitor's own token. */
    record Token(String value) implements Exchanged {

      @Override
      public String toString() {
        return "Token[…]";
      }
    }

    /** The hub does not take the code, and says why. */
    record Refused(String reason) implements Exchanged {}
  }

  /** Exchanges what the hub's redirect brought for a token of the visitor. */
  Exchanged exchange(String code, String verifier) throws HubTrouble, InterruptedException {
    var form = new LinkedHashMap<String, String>();
    form.put("client_id", settings.client().id());
    form.put("client_secret", settings.client().token());
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", settings.client().callback());
    form.put("code_verifier", verifier);
    HubHttp.Answer answer =
        http.ask(
            "POST",
            api("/oauth2/token"),
            Map.of("Content-Type", "application/x-www-form-urlencoded"),
            encoded(form));
    if (answer.status() == 401 || answer.status() == 403) {
      tellRefusal(answer.status());
    }
    if (answer.status() >= 400 && answer.status() < 500 && answer.status() != 429) {
      return new Exchanged.Refused(reason(answer));
    }
    String token = answer.isSuccess() ? json(answer).path("access_token").asString("") : "";
    if (token.isEmpty()) {
      throw HubTrouble.badAnswer(
          "The hub answered " + answer.status() + " to a code, without a token");
    }
    return new Exchanged.Token(token);
  }

  private static byte[] encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String reason(HubHttp.Answer answer) {
    try {
      JsonNode said = Json.parse(answer.body());
      String reason =
          said.path("error_description").asString(said.path("error").asString("no reason given"));
      return reason.length() > 200 ? reason.substring(0, 200) + "…" : reason;
    } catch (JacksonException e) {
      return "status " + answer.status();
    }
  }

  /** Whether a report of activity has to be sent again. */
  enum Reported {
    TAKEN,
    REFUSED,
    FAILED
  }

  /** Tells when this server was last used. */
  Reported report(URI url, Instant last) throws HubTrouble, InterruptedException {
    String time = last.truncatedTo(ChronoUnit.MICROS).toString();
    ObjectNode body = Json.object();
    body.putObject("servers").putObject(settings.serverName()).put("last_activity", time);
    body.put("last_activity", time);
    HubHttp.Answer answer =
        http.ask(
            "POST",
            url,
            Map.of(
                "Authorization",
                "token " + settings.client().token(),
                "Content-Type",
                "application/json"),
            Json.bytes(body));
    if (answer.isSuccess()) {
      return Reported.TAKEN;
    }
    if (answer.status() == 401 || answer.status() == 403) {
      tellRefusal(answer.status());
      return Reported.REFUSED;
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "The hub answered " + answer.status() + " to the report of activity");
    return answer.status() == 404 ? Reported.REFUSED : Reported.FAILED;
  }

  /** Said once: it stays so until the hub starts this server anew. */
  private void tellRefusal(int status) {
    if (refusalTold.compareAndSet(false, true)) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The hub does not accept this server's own token (JUPYTERHUB_API_TOKEN), it answered "
              + status
              + ": nobody can log in here. Stop this server at the hub and start it again.");
    }
  }

  private URI api(String path) {
    return URI.create(settings.hub().api() + path);
  }

  private static JsonNode json(HubHttp.Answer answer) throws HubTrouble {
    try {
      return Json.parse(answer.body());
    } catch (JacksonException e) {
      throw HubTrouble.badAnswer("The hub's answer is not JSON");
    }
  }
}
