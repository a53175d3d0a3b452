package dev.orrery.hub.access;

import dev.orrery.hub.scopes.Groups;
import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.ScopeSet;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.scopes.Visible;
import dev.orrery.hub.store.ApiToken;
import dev.orrery.hub.store.User;
import java.util.Optional;

/**
 * Somebody whom we know.
 *
 * @param owner the person or the service
 * @param user the person; nothing for a service
 * @param token what they showed; nothing for a browser that is logged in
 * @param sessionId the login of that browser; empty when there is none
 * @param scopes what this request may do
 * @param groups who is in which group, as of the beginning of the request
 */
public record Visitor(
    Resource.Owner owner,
    Optional<User> user,
    Optional<ApiToken> token,
    String sessionId,
    ScopeSet scopes,
    Groups groups) {

  /** Whether this may be done to that. */
  public boolean may(StandardScope scope, Resource resource) {
    return scopes.allows(scope, resource, groups);
  }

  /** What of models is shown to them. */
  public Visible visible() {
    return new Visible(scopes, groups);
  }

  /** Whether they are an administrator. */
  public boolean isAdmin() {
    return user.map(User::admin).orElse(false);
  }

  /** The same one with these scopes besides. */
  public Visitor with(ScopeSet more) {
    return new Visitor(owner, user, token, sessionId, scopes.union(more), groups);
  }

  /** What they are called. */
  public String name() {
    return switch (owner) {
      case Resource.User(String name) -> name;
      case Resource.Service(String name) -> name;
    };
  }
}
