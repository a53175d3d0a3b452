package dev.orrery.hub.servers;

import dev.orrery.http.Json;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.spawner.spi.SpawnRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;

/** What the hub tells programs that log people in with its help, in their environment. */
public final class ClientEnvironment {

  private final HubSettings.Addresses addresses;
  private final Supplier<String> hubUrl;
  private final boolean hostPrefix;

  /**
   * Tells of the hub at {@code hubUrl}.
   *
   * @param hubUrl scheme, host and port
   * @param hostPrefix whether names of cookies say that no other host may set them
   */
  public ClientEnvironment(
      HubSettings.Addresses addresses, Supplier<String> hubUrl, boolean hostPrefix) {
    this.hostPrefix = hostPrefix;
    this.addresses = addresses;
    this.hubUrl = hubUrl;
  }

  /**
   * A program.
   *
   * @param token what it proves itself with
   * @param path where browsers find it; empty for one that is not for browsers
   * @param callback where people are sent back to
   * @param accessScopes one of these lets somebody in
   * @param allowedScopes what it may ask for besides
   */
  public record Client(
      String token,
      String clientId,
      String path,
      String callback,
      List<String> accessScopes,
      List<String> allowedScopes) {
    public Client {
      accessScopes = List.copyOf(accessScopes);
      allowedScopes = List.copyOf(allowedScopes);
    }
  }

  /** The address of the hub's API. */
  public String api() {
    return hubUrl.get() + addresses.hubPath() + "api";
  }

  /** The variables of a program; the caller adds what only its kind has. */
  public Map<String, String> of(Client client) {
    var env = new HashMap<String, String>();
    env.put("JUPYTERHUB_API_TOKEN", client.token());
    env.put("JPY_API_TOKEN", client.token());
    env.put("JUPYTERHUB_CLIENT_ID", client.clientId());
    env.put("JUPYTERHUB_HOST", "");
    env.put("JUPYTERHUB_OAUTH_CALLBACK_URL", client.callback());
    env.put("JUPYTERHUB_OAUTH_ACCESS_SCOPES", json(client.accessScopes()));
    env.put("JUPYTERHUB_OAUTH_SCOPES", json(client.accessScopes()));
    env.put("JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES", json(client.allowedScopes()));
    env.put(SpawnRequest.HUB_VARIABLE, api());
    env.put("JUPYTERHUB_BASE_URL", addresses.basePath());
    env.put("JUPYTERHUB_SERVICE_PREFIX", client.path());
    env.put(
        "JUPYTERHUB_PUBLIC_URL",
        addresses
            .publicUrl()
            .filter(_ -> !client.path().isEmpty())
            .map(origin -> origin + client.path())
            .orElse(""));
    env.put(
        "JUPYTERHUB_PUBLIC_HUB_URL",
        addresses.publicUrl().map(origin -> origin + addresses.hubPath()).orElse(""));
    env.put("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", hostPrefix ? "1" : "0");
    return env;
  }

  private static String json(List<String> texts) {
    ArrayNode array = Json.array();
    texts.forEach(array::add);
    return Json.text(array);
  }
}
