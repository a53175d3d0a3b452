package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.PlainJson;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.access.Visitors;
import dev.orrery.hub.scopes.Reach;
import dev.orrery.hub.scopes.RoleDefinition;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.services.ServiceRecords;
import dev.orrery.hub.settings.ServiceDefinition;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Role;
import dev.orrery.hub.store.Service;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** {@code /services}: programs beside the hub. Those of the settings can be seen, not changed. */
final class ServicesApi {

  private final Database database;
  private final Visitors visitors;
  private final Models models;
  private final ServiceRecords records;
  private final Runnable routesChanged;

  /**
   * Answers from {@code database}.
   *
   * @param routesChanged called when the front door has to lead elsewhere
   */
  ServicesApi(
      Database database,
      Visitors visitors,
      Models models,
      ServiceRecords records,
      Runnable routesChanged) {
    this.database = database;
    this.visitors = visitors;
    this.models = models;
    this.records = records;
    this.routesChanged = routesChanged;
  }

  void declare(Operations operations) {
    String one = "/services/{service}";
    operations.add(
        "GET",
        "/services",
        "List services",
        Needs.somewhere(StandardScope.LIST_SERVICES),
        this::list);
    operations.add(
        "GET",
        one,
        "Read a service",
        Needs.onService(
            StandardScope.READ_SERVICES,
            StandardScope.READ_SERVICES_NAME,
            StandardScope.READ_ROLES_SERVICES),
        this::show);
    operations.add(
        "POST",
        one,
        "Add a service that runs elsewhere",
        Needs.onService(StandardScope.ADMIN_SERVICES),
        this::add);
    operations.add(
        "DELETE",
        one,
        "Remove a service that was added by this API",
        Needs.onService(StandardScope.ADMIN_SERVICES),
        this::remove);
  }

  private void list(Exchange exchange, Visitor visitor) {
    Reach reach = visitor.scopes().reach(StandardScope.LIST_SERVICES);
    ObjectNode answer = Json.object();
    database
        .read(tx ->
            models.services(
                tx,
                tx.services().all().stream()
                    .filter(service ->
                        switch (reach) {
                          case Reach.Everything _ -> true;
                          case Reach.Nothing _ -> false;
                          case Reach.Some some -> some.services().contains(service.name());
                        })
                    .toList(),
                visitor))
        .forEach(answer::set);
    exchange.sendJson(200, answer);
  }

  private void show(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("service");
    ObjectNode model =
        database.read(tx -> {
          Service service =
              tx.services()
                  .find(name)
                  .orElseThrow(() -> new HttpException(404, "No such service: " + name));
          return models.service(tx, service, visitor);
        });
    exchange.sendJson(200, model);
  }

  private void add(Exchange exchange, Visitor visitor) throws IOException {
    String name = exchange.parameter("service");
    ObjectNode body = Bodies.object(exchange.json());
    if (body.isEmpty()) {
      throw new HttpException(400, "Invalid service data: the body says nothing of the service");
    }
    Map<String, Object> fields = new LinkedHashMap<>(PlainJson.map(body));
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
    ObjectNode model =
        database.write(tx -> {
          if (tx.services().find(name).isPresent()) {
            throw new HttpException(409, "Service " + name + " already exists");
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
            return models.service(tx, records.put(tx, wanted, false), visitor);
          } catch (IllegalArgumentException e) {
            throw new HttpException(400, String.valueOf(e.getMessage()));
          }
        });
    routesChanged.run();
    exchange.sendJson(201, model);
  }

  private void remove(Exchange exchange, Visitor visitor) {
    String name = exchange.parameter("service");
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
    routesChanged.run();
    Bodies.sendNothing(exchange);
  }
}
