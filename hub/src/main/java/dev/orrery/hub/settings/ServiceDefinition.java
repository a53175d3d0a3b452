package dev.orrery.hub.settings;

import dev.orrery.http.PlainJson;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A service as the settings, or somebody by the API, describe it.
 *
 * @param apiToken what it shows the hub; empty for a new one at each start of one the hub runs
 * @param command program and arguments; empty for a service that runs elsewhere
 * @param info what else is told of it, a JSON object
 * @param oauthClientId what it is to OAuth; begins with {@code service-}
 * @param oauthRedirectUri where people are sent back to; empty for the usual place
 * @param usesOAuth whether it logs people in: it has an address, or says so
 */
public record ServiceDefinition(
    String name,
    boolean admin,
    String url,
    String apiToken,
    List<String> command,
    String cwd,
    Map<String, String> environment,
    String user,
    String info,
    boolean display,
    int timeout,
    String oauthClientId,
    String oauthRedirectUri,
    boolean oauthNoConfirm,
    List<String> allowedScopes,
    List<String> oauthRoles,
    boolean usesOAuth) {

  private static final Set<String> KEYS =
      Set.of(
          "name",
          "admin",
          "url",
          "api_token",
          "command",
          "cwd",
          "environment",
          "user",
          "info",
          "display",
          "timeout",
          "oauth_client_id",
          "oauth_redirect_uri",
          "oauth_no_confirm",
          "oauth_client_allowed_scopes",
          "oauth_roles");
  private static final String CLIENT = "service-";
  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_URL = 2047;

  public ServiceDefinition {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    allowedScopes = List.copyOf(allowedScopes);
    oauthRoles = List.copyOf(oauthRoles);
  }

  /**
   * Reads a description.
   *
   * @param fields plain values by the names that JupyterHub has for them
   * @param problems gets a sentence for all that is wrong; then the result must not be used
   */
  public static ServiceDefinition read(Map<?, ?> fields, Collection<String> problems) {
    return new Reader(fields, problems).read();
  }

  private static final class Reader {

    private final Map<?, ?> fields;
    private final Collection<String> problems;
    private final String name;

    Reader(Map<?, ?> fields, Collection<String> problems) {
      this.fields = fields;
      this.problems = problems;
      this.name = fields.get("name") instanceof String text ? text : "";
    }

    ServiceDefinition read() {
      checkName();
      var others = new TreeSet<String>();
      fields.keySet().forEach(key -> others.add(String.valueOf(key)));
      others.removeAll(KEYS);
      if (!others.isEmpty()) {
        problem("has fields that do not exist: " + String.join(", ", others));
      }
      String clientId = text("oauth_client_id");
      if (!clientId.isEmpty() && !clientId.startsWith(CLIENT)) {
        problem("has the oauth_client_id '" + clientId + "', which does not begin with " + CLIENT);
      }
      String url = url();
      String redirect = text("oauth_redirect_uri");
      boolean usesOAuth =
          !url.isEmpty()
              || !clientId.isEmpty()
              || !redirect.isEmpty()
              || bool("oauth_no_confirm", false);
      if (usesOAuth && url.isEmpty() && redirect.isEmpty()) {
        problem("logs people in, but has neither a url nor an oauth_redirect_uri");
      }
      return new ServiceDefinition(
          name,
          bool("admin", false),
          url,
          text("api_token"),
          command(),
          text("cwd"),
          environment(),
          text("user"),
          info(),
          bool("display", true),
          seconds("timeout", 30),
          clientId.isEmpty() ? CLIENT + name : clientId,
          redirect,
          bool("oauth_no_confirm", false),
          texts("oauth_client_allowed_scopes"),
          texts("oauth_roles"),
          usesOAuth);
    }

    private void checkName() {
      if (name.isEmpty()) {
        problems.add("A service has no name.");
      } else if (name.length() > LONGEST_NAME
          || name.contains("/")
          || name.contains("%")
          || !name.equals(name.strip())
          || name.matches("\\.+")
          || name.chars().anyMatch(Character::isISOControl)) {
        problem(
            "has no valid name: it can't be longer than 255, contain / or %, be dots only, or"
                + " begin or end with a space");
      }
    }

    private String url() {
      String url = text("url");
      if (url.isEmpty()) {
        return url;
      }
      try {
        URI uri = URI.create(url);
        String scheme = String.valueOf(uri.getScheme());
        if (url.length() <= LONGEST_URL
            && uri.getHost() != null
            && (scheme.equals("http") || scheme.equals("https"))) {
          return url;
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      problem("has the url '" + url + "'; write http://host:port");
      return "";
    }

    /** A text is a program without arguments. */
    private List<String> command() {
      return fields.get("command") instanceof String text
          ? text.isEmpty() ? List.of() : List.of(text)
          : texts("command");
    }

    private Map<String, String> environment() {
      var environment = new LinkedHashMap<String, String>();
      object("environment")
          .forEach((key, value) -> environment.put(String.valueOf(key), String.valueOf(value)));
      return environment;
    }

    private String info() {
      var info = new LinkedHashMap<String, Object>();
      object("info").forEach((key, value) -> info.put(String.valueOf(key), value));
      info.values().removeIf(value -> value == null);
      try {
        return PlainJson.text(info);
      } catch (IllegalArgumentException e) {
        problem("has an info that can't be written as JSON");
        return "{}";
      }
    }

    private Map<?, ?> object(String key) {
      @Nullable Object value = fields.get(key);
      if (value == null) {
        return Map.of();
      }
      if (value instanceof Map<?, ?> map) {
        return map;
      }
      problem("has a field " + key + " that is no dictionary");
      return Map.of();
    }

    private List<String> texts(String key) {
      @Nullable Object value = fields.get(key);
      if (value == null) {
        return List.of();
      }
      var texts = new ArrayList<String>();
      if (value instanceof Collection<?> items
          && items.stream().allMatch(String.class::isInstance)) {
        items.forEach(item -> texts.add((String) item));
        return texts;
      }
      problem("has a field " + key + " that is no list of texts");
      return texts;
    }

    private String text(String key) {
      @Nullable Object value = fields.get(key);
      if (value != null && !(value instanceof String)) {
        problem("has a field " + key + " that is no text");
      }
      return value instanceof String text ? text : "";
    }

    private boolean bool(String key, boolean otherwise) {
      @Nullable Object value = fields.get(key);
      if (value != null && !(value instanceof Boolean)) {
        problem("has a field " + key + " that is neither true nor false");
      }
      return value instanceof Boolean given ? given : otherwise;
    }

    private int seconds(String key, int otherwise) {
      @Nullable Object value = fields.get(key);
      if (value == null) {
        return otherwise;
      }
      int seconds = value instanceof Number number ? number.intValue() : -1;
      if (seconds < 0 || seconds > 86_400) {
        problem("has a field " + key + " that is no number of seconds up to a day");
      }
      return seconds;
    }

    private void problem(String what) {
      problems.add("The service '" + name + "' " + what + ".");
    }
  }
}
