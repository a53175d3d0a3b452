package dev.orrery.hub.services;

import dev.orrery.http.Json;
import dev.orrery.hub.access.GivenTokens;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.scopes.ScopeSet;
import dev.orrery.hub.servers.Paths;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.ServiceDefinition;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Service;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** What the database knows of services: the record, the client of OAuth, the tokens. */
public final class ServiceRecords {

  private static final System.Logger LOG = System.getLogger(ServiceRecords.class.getName());
  private static final String AT_START = "generated at startup";

  private final HubSettings.Addresses addresses;
  private final boolean trustTokens;
  private final Clock clock;

  /** Places services below the base path of {@code addresses}. */
  public ServiceRecords(HubSettings.Addresses addresses, boolean trustTokens, Clock clock) {
    this.addresses = addresses;
    this.trustTokens = trustTokens;
    this.clock = clock;
  }

  /** Where browsers find a service of that name. */
  public String path(String name) {
    return Paths.service(addresses.basePath(), name);
  }

  /**
   * Makes a service, or changes the one of that name. One that was made otherwise (by the API, or
   * by the settings) is left as it is, with a line in the log.
   */
  public Service put(Transaction tx, ServiceDefinition wanted, boolean fromConfig) {
    Optional<Service> known = tx.services().find(wanted.name());
    if (known.isPresent() && known.get().fromConfig() != fromConfig) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The service "
              + wanted.name()
              + " of the settings has the name of one that was made by the API, which stays");
      return known.get();
    }
    Service service = tx.services().put(record(wanted, fromConfig), path(wanted.name()));
    if (wanted.admin() && known.isEmpty()) {
      tx.roles()
          .find(RoleDefinition.ADMIN)
          .ifPresent(role -> tx.roles().grant(Holder.SERVICE, service.id(), role.id(), false));
    }
    if (!wanted.apiToken().isEmpty()) {
      token(tx, service, wanted.apiToken(), "from config", trustTokens);
    }
    if (wanted.usesOAuth()) {
      client(tx, service, wanted);
    } else if (!service.clientId().isEmpty()) {
      tx.services().setClient(service.id(), Optional.empty());
      tx.oauth().delete(service.clientId());
    }
    return tx.services().byId(service.id()).orElseThrow();
  }

  private static Service record(ServiceDefinition wanted, boolean fromConfig) {
    ObjectNode environment = Json.object();
    wanted.environment().forEach(environment::put);
    return new Service(
        0,
        wanted.name(),
        wanted.admin(),
        wanted.url(),
        wanted.allowedScopes(),
        wanted.info(),
        wanted.display(),
        wanted.oauthNoConfirm(),
        wanted.command(),
        wanted.cwd(),
        Json.text(environment),
        wanted.user(),
        wanted.timeout(),
        fromConfig,
        0,
        "");
  }

  private void client(Transaction tx, Service service, ServiceDefinition wanted) {
    var scopes = new TreeSet<>(wanted.allowedScopes());
    if (scopes.isEmpty()) {
      wanted.oauthRoles().stream()
          .map(name ->
              tx.roles()
                  .find(name)
                  .orElseThrow(() ->
                      new IllegalArgumentException(
                          "the service '"
                              + wanted.name()
                              + "' asks for the role '"
                              + name
                              + "', which does not exist")))
          .map(Role::scopes)
          .forEach(scopes::addAll);
    }
    scopes.addAll(ScopeSet.access(new Resource.Service(wanted.name())).texts());
    String redirect =
        wanted.oauthRedirectUri().isEmpty()
            ? path(wanted.name()) + "oauth_callback"
            : wanted.oauthRedirectUri();
    String secret =
        wanted.apiToken().isEmpty()
            ? tx.oauth().client(wanted.oauthClientId()).map(OAuthClient::secret).orElse("")
            : TokenHash.ofGiven(wanted.apiToken(), trustTokens);
    if (!service.clientId().isEmpty() && !service.clientId().equals(wanted.oauthClientId())) {
      tx.services().setClient(service.id(), Optional.empty());
      tx.oauth().delete(service.clientId());
    }
    tx.oauth()
        .put(
            new OAuthClient(
                wanted.oauthClientId(),
                "JupyterHub service " + wanted.name(),
                secret,
                redirect,
                List.copyOf(scopes)));
    tx.services().setClient(service.id(), Optional.of(wanted.oauthClientId()));
  }

  /**
   * A new token for a service that the hub runs; what an earlier process of it had is no longer
   * valid.
   */
  public String tokenForProcess(Transaction tx, Service service) {
    tx.tokens().of(Holder.SERVICE, service.id(), clock.instant()).stream()
        .filter(token -> token.note().equals(AT_START))
        .forEach(token -> tx.tokens().delete(token.id()));
    String token = TokenHash.newToken();
    token(tx, service, token, AT_START, true);
    tx.oauth()
        .client(service.clientId())
        .ifPresent(client ->
            tx.oauth()
                .put(
                    new OAuthClient(
                        client.identifier(),
                        client.description(),
                        TokenHash.ofOurs(token),
                        client.redirectUri(),
                        client.allowedScopes())));
    return token;
  }

  private void token(
      Transaction tx, Service service, String token, String note, boolean hardToGuess) {
    GivenTokens.keep(tx, Holder.SERVICE, service.id(), token, note, hardToGuess, clock.instant());
  }
}
