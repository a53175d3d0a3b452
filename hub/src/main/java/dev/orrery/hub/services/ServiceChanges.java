package dev.orrery.hub.services;

import dev.orrery.http.HttpException;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.settings.ServiceDefinition;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Service;
import dev.orrery.hub.store.Transaction;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How services come and go while the hub runs: those that run elsewhere, and were made so. The
 * caller has checked who may do that to which service.
 */
public final class ServiceChanges {

  private static final System.Logger LOG = System.getLogger(ServiceChanges.class.getName());

  private final Database database;
  private final Visitors visitors;
  private final ServiceRecords records;
  private final Runnable routesChanged;

  /**
   * Changes the services in {@code database}.
   *
   * @param routesChanged called when the front door has to lead elsewhere
   */
  public ServiceChanges(
      Database database, Visitors visitors, ServiceRecords records, Runnable routesChanged) {
    this.database = database;
    this.visitors = visitors;
    this.records = records;
    this.routesChanged = routesChanged;
  }

  /**
   * Adds a service.
   *
   * @param visitor who adds it; it gets nothing that they have not
   * @param described plain values by the names that JupyterHub has for them
   * @throws HttpException 400 for what can't be a service, 409 for one that is there
   */
  public Service add(Visitor visitor, String name, Map<String, ?> described) {
    var fields = new LinkedHashMap<String, Object>(described);
    fields.put("name", name);
    var problems = new ArrayList<String>();
    ServiceDefinition wanted = ServiceDefinition.read(fields, problems);
    if (fields.containsKey("timeout")) {
      problems.add("The timeout of a service can be given in the settings only.");
    }
    if (!wanted.command().isEmpty()) {
      problems.add(
          "Can not create managed service "
              + name
              + " at runtime; services with a command belong into the settings.");
    }
    if (!problems.isEmpty()) {
      throw new HttpException(400, String.join(" ", problems));
    }
    Service made = database.write(tx -> add(tx, visitor, wanted));
    LOG.log(System.Logger.Level.INFO, visitor.name() + " added the service " + name);
    routesChanged.run();
    return made;
  }

  private Service add(Transaction tx, Visitor visitor, ServiceDefinition wanted) {
    if (tx.services().find(wanted.name()).isPresent()) {
      throw new HttpException(409, "Service " + wanted.name() + " already exists");
    }
    List<String> asked = new ArrayList<>(wanted.allowedScopes());
    if (wanted.admin()) {
      asked.addAll(tx.roles().find(RoleDefinition.ADMIN).map(Role::scopes).orElse(List.of()));
    }
    wanted.oauthRoles().stream()
        .map(role -> tx.roles().find(role).map(Role::scopes).orElse(List.of(role)))
        .forEach(asked::addAll);
    List<String> excess = visitors.excess(tx, visitor, asked);
    if (!excess.isEmpty()) {
      throw new HttpException(
          400,
          "You do not have these scopes and can't give them to a service: "
              + String.join(", ", excess));
    }
    try {
      return records.put(tx, wanted, false);
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Removes a service with its tokens.
   *
   * @param visitor who removes it
   * @throws HttpException 404 where there is none, 405 for one of the settings
   */
  public void remove(Visitor visitor, String name) {
    database.change(tx -> {
      Service service =
          tx.services()
              .find(name)
              .orElseThrow(() -> new HttpException(404, "Service " + name + " does not exist"));
      if (service.fromConfig()) {
        throw new HttpException(405, "Service " + name + " is not modifiable at runtime");
      }
      tx.services().delete(service);
    });
    LOG.log(System.Logger.Level.INFO, visitor.name() + " removed the service " + name);
    routesChanged.run();
  }
}
