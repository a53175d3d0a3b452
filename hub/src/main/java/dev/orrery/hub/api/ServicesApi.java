package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.PlainJson;
import dev.orrery.hub.access.Listed;
import dev.orrery.hub.access.Needs;
import dev.orrery.hub.access.Visitor;
import dev.orrery.hub.scopes.StandardScope;
import dev.orrery.hub.services.ServiceChanges;
import dev.orrery.hub.store.Database;
import dev.orrery.hub.store.Service;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** {@code /services}: programs beside the hub. Those of the settings can be seen, not changed. */
final class ServicesApi {

  private final Database database;
  private final Models models;
  private final ServiceChanges changes;

  ServicesApi(Database database, Models models, ServiceChanges changes) {
    this.database = database;
    this.models = models;
    this.changes = changes;
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
    Optional<Set<String>> among = Listed.services(visitor);
    ObjectNode answer = Json.object();
    database
        .read(tx ->
            models.services(
                tx,
                tx.services().all().stream()
                    .filter(
                        service -> among.map(names -> names.contains(service.name())).orElse(true))
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
    Service made = changes.add(visitor, name, PlainJson.map(body));
    exchange.sendJson(201, database.read(tx -> models.service(tx, made, visitor)));
  }

  private void remove(Exchange exchange, Visitor visitor) {
    changes.remove(visitor, exchange.parameter("service"));
    Bodies.sendNothing(exchange);
  }
}
