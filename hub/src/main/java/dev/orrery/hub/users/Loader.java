package dev.orrery.hub.users;

import dev.orrery.hub.access.GivenTokens;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.services.ServiceRecords;
import dev.orrery.hub.settings.GroupDefinition;
import dev.orrery.hub.settings.HubSettings;
import dev.orrery.hub.settings.Loaded;
import dev.orrery.hub.settings.ServiceDefinition;
import dev.orrery.hub.store.Group;
import dev.orrery.hub.store.Holder;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Service;
import dev.orrery.hub.store.Transaction;
import dev.orrery.hub.store.User;
import dev.orrery.hub.store.UserServer;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings the database to what the settings say at a start: roles and who has them, people, groups,
 * services, tokens. A second run changes nothing.
 */
public final class Loader {

  private static final System.Logger LOG = System.getLogger(Loader.class.getName());

  private final Loaded loaded;
  private final HubSettings.Logins logins;
  private final UserNames names;
  private final People people;
  private final ServiceRecords services;

  /** Loads what {@code loaded} and {@code logins} name. */
  public Loader(
      Loaded loaded,
      HubSettings.Logins logins,
      UserNames names,
      People people,
      ServiceRecords services) {
    this.loaded = loaded;
    this.logins = logins;
    this.names = names;
    this.people = people;
    this.services = services;
  }

  /**
   * Loads, within one transaction.
   *
   * @throws IllegalArgumentException when the settings contradict themselves or the database, with
   *     a sentence for the operator
   */
  public void load(Transaction tx, Instant now) {
    roles(tx);
    if (logins.deletesInvalid()) {
      deleteInvalid(tx);
    }
    for (String name : logins.allowed()) {
      person(tx, name);
    }
    for (String name : logins.admins()) {
      User admin = person(tx, name);
      if (!admin.admin()) {
        people.setAdmin(tx, admin, true);
      }
    }
    loaded.groups().forEach(group -> group(tx, group));
    services(tx);
    loaded.roles().forEach(role -> holders(tx, role));
    boolean exactUsers = loaded.role(RoleDefinition.USER).orElseThrow().users().isPresent();
    RoleDefinition admin = loaded.role(RoleDefinition.ADMIN).orElseThrow();
    tx.users().followAdminRole(RoleDefinition.ADMIN, admin.users().isPresent());
    tx.services().followAdminRole(RoleDefinition.ADMIN, admin.services().isPresent());
    tx.users()
        .giveMissingRoles(
            exactUsers ? RoleDefinition.ADMIN : RoleDefinition.USER, RoleDefinition.ADMIN);
    loaded.serviceTokens().forEach((token, name) -> serviceToken(tx, token, name, now));
    loaded
        .userTokens()
        .forEach((token, name) -> token(tx, Holder.USER, person(tx, name).id(), token, now));
  }

  private void roles(Transaction tx) {
    Set<String> wanted =
        loaded.roles().stream().map(RoleDefinition::name).collect(Collectors.toSet());
    for (Role role : tx.roles().all()) {
      if (!role.managedByAuth() && !wanted.contains(role.name())) {
        LOG.log(
            System.Logger.Level.WARNING,
            "The role " + role.name() + " is not in load_roles any more and is deleted");
        tx.roles().delete(role.id());
      }
    }
    for (RoleDefinition role : loaded.roles()) {
      Optional<Role> kept = tx.roles().find(role.name());
      boolean same =
          kept.isPresent()
              && kept.get().scopes().equals(role.scopes())
              && role.description().map(kept.get().description()::equals).orElse(true);
      if (!same) {
        tx.roles().put(role.name(), role.description().orElse(""), role.scopes(), false);
      }
    }
  }

  /** Takes those away whose names can't be names any more, unless a server of theirs runs. */
  private void deleteInvalid(Transaction tx) {
    tx.users().names().values().stream()
        .filter(name -> !names.isValid(name) && !logins.blocked().contains(name))
        .flatMap(name -> tx.users().find(name).stream())
        .forEach(user -> {
          boolean running =
              tx.servers().of(List.of(user.id())).getOrDefault(user.id(), List.of()).stream()
                  .anyMatch(UserServer::isActive);
          String shown = "'" + UserNames.shown(user.name()) + "', which is no valid name any more";
          if (running) {
            LOG.log(System.Logger.Level.WARNING, "A server of " + shown + ", runs; both are kept");
            return;
          }
          LOG.log(System.Logger.Level.WARNING, "Deleting " + shown);
          people.delete(tx, user);
        });
  }

  /** Somebody by the name in the settings, made where the database lacks them. */
  private User person(Transaction tx, String given) {
    String name = names.normalised(given);
    if (!names.isValid(name)) {
      throw new IllegalArgumentException(
          "the settings name the user '" + UserNames.shown(given) + "', which is no valid name");
    }
    return tx.users().find(name).orElseGet(() -> people.add(tx, name, false));
  }

  private void group(Transaction tx, GroupDefinition wanted) {
    Group group =
        tx.groups().find(wanted.name()).orElseGet(() -> tx.groups().create(wanted.name(), "{}"));
    wanted.users().forEach(name -> tx.groups().add(group.id(), person(tx, name).id()));
    wanted
        .properties()
        .filter(properties -> !properties.equals(group.properties()))
        .ifPresent(properties -> tx.groups().setProperties(group.id(), properties));
  }

  private void services(Transaction tx) {
    Set<String> wanted = new HashSet<>();
    for (ServiceDefinition service : loaded.services()) {
      wanted.add(service.name());
      services.put(tx, service, true);
    }
    loaded.serviceTokens().values().forEach(wanted::add);
    for (Service service : tx.services().all()) {
      if (service.fromConfig() && !wanted.contains(service.name())) {
        LOG.log(
            System.Logger.Level.WARNING,
            "The service " + service.name() + " is not in the settings any more and is deleted");
        tx.services().delete(service);
      }
    }
  }

  /** A service that the settings name by its token alone is made, as JupyterHub does. */
  private void serviceToken(Transaction tx, String token, String name, Instant now) {
    Service service =
        tx.services()
            .find(name)
            .orElseGet(() ->
                services.put(
                    tx, ServiceDefinition.read(Map.of("name", name), new HashSet<>()), true));
    token(tx, Holder.SERVICE, service.id(), token, now);
  }

  private void token(Transaction tx, Holder kind, long owner, String token, Instant now) {
    GivenTokens.keep(tx, kind, owner, token, "from config", loaded.trustTokens(), now);
  }

  /** Gives a role to those whom the settings name, and to nobody else of that kind. */
  private void holders(Transaction tx, RoleDefinition wanted) {
    Role role = tx.roles().find(wanted.name()).orElseThrow();
    wanted
        .users()
        .ifPresent(users -> {
          var ids = new HashSet<Long>();
          users.forEach(name -> ids.add(person(tx, name).id()));
          if (wanted.name().equals(RoleDefinition.ADMIN)) {
            logins.admins().forEach(name -> ids.add(person(tx, name).id()));
          }
          tx.roles().setHolders(Holder.USER, role.id(), ids);
        });
    wanted
        .groups()
        .ifPresent(groups ->
            tx.roles()
                .setHolders(
                    Holder.GROUP,
                    role.id(),
                    groups.stream()
                        .map(name ->
                            tx.groups()
                                .find(name)
                                .orElseGet(() -> tx.groups().create(name, "{}"))
                                .id())
                        .toList()));
    wanted
        .services()
        .ifPresent(list ->
            tx.roles()
                .setHolders(
                    Holder.SERVICE,
                    role.id(),
                    list.stream().map(name -> service(tx, role, name)).toList()));
  }

  private static long service(Transaction tx, Role role, String name) {
    return tx.services()
        .find(name)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "the role '"
                    + role.name()
                    + "' is given to the service '"
                    + name
                    + "', which is not in JupyterHub.services"))
        .id();
  }
}
