package dev.orrery.hub.scopes;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** The page of the documentation about scopes and default roles, made from their tables. */
final class ScopesPage {

  private ScopesPage() {}

  static String text() {
    var text =
        new StringBuilder(
            """
            # Scopes and roles of the hub

            Made from the tables the hub decides by (`hub/…/scopes/StandardScope.java`, `RoleDefinition.java`). The names, and
            what they bring along, are those of JupyterHub 6.1.

            A scope holds for everything, or for what its filter names: `!user=NAME`, `!group=NAME` (the group and every user
            in it), `!server=USER/SERVER` (nothing after the slash for the default server), `!service=NAME`. `!user`,
            `!server` and `!service` without a name stand for the owner of a token, or for what it was issued to. A filter
            for a user holds for all servers of that user. What a scope brings along has the same filter; what is read of
            users is not brought along by a filter for a server.

            A token can do what it was given and its owner may do, and it always tells whose it is.

            ## Scopes

            | scope | what it allows | brings along |
            |---|---|---|
            """);
    for (Scope scope : ScopeTable.standard().scopes()) {
      text.append("| `").append(scope.name()).append("` | ").append(scope.description());
      text.append(" | ").append(code(scope.implies())).append(" |\n");
    }
    text.append(
        """

        Scopes of your own start with `custom:` and are defined by `JupyterHub.custom_scopes`, each with a `description` and,
        if it brings others along, `subscopes`.

        ## Default roles

        | role | what it is for | scopes |
        |---|---|---|
        """);
    for (RoleDefinition role : RoleDefinition.defaults()) {
      text.append("| `").append(role.name()).append("` | ").append(role.description().orElse(""));
      text.append(" | ").append(code(role.scopes())).append(" |\n");
    }
    return text.append(
            """

            `JupyterHub.load_roles` changes these, except `admin`, and adds others; `JupyterHub.extra_user_scopes` adds to
            `user`.
            """)
        .toString();
  }

  private static String code(List<String> names) {
    return names.stream().map(name -> "`" + name + "`").collect(joining(", "));
  }
}
