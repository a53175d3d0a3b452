package dev.orrery.hub.pages;

import dev.orrery.hub.scopes.Resource;
import dev.orrery.hub.scopes.Scope;
import dev.orrery.hub.scopes.ScopeTable;
import dev.orrery.hub.scopes.ScopeText;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Scopes in words. */
final class ScopeRows {

  private final ScopeTable table;

  ScopeRows(ScopeTable table) {
    this.table = table;
  }

  /**
   * A scope.
   *
   * @param text as it is written
   * @param sentence what it allows, or why that is nothing
   * @param limit for what, in the language of the page; empty for everything
   * @param brings the names of the scopes that come with it
   */
  record Row(String text, String sentence, String limit, List<String> brings) {}

  List<Row> of(Frame frame, Collection<String> texts) {
    return texts.stream().map(text -> row(frame, text)).toList();
  }

  private Row row(Frame frame, String text) {
    return switch (table.parse(text)) {
      case ScopeText.Malformed malformed -> new Row(text, malformed.sentence(), "", List.of());
      case ScopeText.Grant grant -> {
        Optional<Scope> scope = table.find(grant.scope());
        yield new Row(
            text,
            scope.map(Scope::description).orElse(""),
            limit(frame, grant.limit()),
            scope.map(Scope::implies).orElse(List.of()));
      }
    };
  }

  private static String limit(Frame frame, ScopeText.Limit limit) {
    return switch (limit) {
      case ScopeText.Limit.None _ -> "";
      case ScopeText.Limit.Own own ->
          switch (own) {
            case USER -> frame.say("scopes.own.user");
            case SERVER -> frame.say("scopes.own.server");
            case SERVICE -> frame.say("scopes.own.service");
          };
      case ScopeText.Limit.To(Resource resource) ->
          switch (resource) {
            case Resource.User(String name) -> frame.say("scopes.to.user", name);
            case Resource.Group(String name) -> frame.say("scopes.to.group", name);
            case Resource.Service(String name) -> frame.say("scopes.to.service", name);
            case Resource.Server(String user, String name) ->
                frame.say("scopes.to.server", user + "/" + name);
          };
    };
  }
}
