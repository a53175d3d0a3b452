package dev.orrery.hub.servers;

import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.settings.ServerSettings;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.NewToken;
import dev.orrery.hub.store.OAuthClient;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import dev.orrery.hub.tokens.TokenHash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a server proves itself with, and logs people in with.
 *
 * @param basePath what paths of servers begin with
 */
record Credentials(ServerSettings settings, String basePath) {

  /** One of these lets a server tell of its activity. */
  private static final List<String> ACTIVITY =
      List.of("users:activity!user", "users:activity", "inherit");

  /** Makes a token and an OAuth client for a server that is about to start. */
  void give(Transaction tx, User user, UserServer server, String token, Instant now) {
    String clientId = Paths.clientId(user.name(), server.name());
    String path = Paths.of(basePath, user.name(), server.name());
    takeBack(tx, server);
    tx.oauth()
        .put(
            new OAuthClient(
                clientId,
                "Server at " + path,
                TokenHash.ofOurs(token),
                path + "oauth_callback",
                settings.rights().forVisitors()));
    tx.servers().setClient(server.id(), Optional.of(clientId));
    List<String> scopes =
        settings.rights().byItself().isEmpty()
            ? tx.roles().find(RoleDefinition.SERVER).map(role -> role.scopes()).orElse(List.of())
            : ownScopes(settings.rights().byItself(), server);
    tx.tokens()
        .create(
            new NewToken(
                Holder.USER,
                user.id(),
                TokenHash.ofOurs(token),
                TokenHash.prefix(token),
                clientId,
                "",
                Optional.empty(),
                "Server at " + path,
                scopes),
            now);
  }

  /** What a server may do by settings; to tell of its activity is part of it. */
  private static List<String> ownScopes(List<String> wanted, UserServer server) {
    String own = "=" + server.userName() + "/" + server.name();
    var scopes =
        wanted.stream()
            .map(scope -> scope.endsWith("!server") ? scope + own : scope)
            .collect(Collectors.toCollection(ArrayList::new));
    if (Collections.disjoint(scopes, ACTIVITY)) {
      scopes.add("users:activity!user");
    }
    return scopes;
  }

  /** Takes back what a server had; its client goes with all that was given to it. */
  static void takeBack(Transaction tx, UserServer server) {
    tx.servers().setClient(server.id(), Optional.empty());
    tx.oauth().delete(Paths.clientId(server.userName(), server.name()));
  }
}
