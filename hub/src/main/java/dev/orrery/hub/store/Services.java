package dev.orrery.hub.store;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Programs beside the hub. */
public final class Services {

  private static final String SELECT =
      "SELECT id, name, admin, url, oauth_client_allowed_scopes, info, display, oauth_no_confirm,"
          + " command, cwd, environment, \"user\", timeout, from_config, pid, oauth_client_id"
          + " FROM services";

  private static final RowMapper<Service> SERVICE =
      row ->
          new Service(
              row.getLong("id"),
              row.getString("name"),
              row.getBoolean("admin"),
              row.text("url").orElse(""),
              JsonText.list(row.getString("oauth_client_allowed_scopes")),
              row.text("info").orElse("{}"),
              row.getBoolean("display"),
              row.getBoolean("oauth_no_confirm"),
              JsonText.list(row.getString("command")),
              row.text("cwd").orElse(""),
              row.text("environment").orElse("{}"),
              row.text("user").orElse(""),
              row.getInt("timeout"),
              row.getBoolean("from_config"),
              row.getLong("pid"),
              row.text("oauth_client_id").orElse(""));

  private final Sql sql;

  Services(Sql sql) {
    this.sql = sql;
  }

  public Optional<Service> find(String name) {
    return sql.select(SELECT + " WHERE name = ?", name).map(SERVICE).findOne();
  }

  public Optional<Service> byId(long id) {
    return sql.select(SELECT + " WHERE id = ?", id).map(SERVICE).findOne();
  }

  /** The service that logs people in as this client of OAuth. */
  public Optional<Service> ofClient(String clientId) {
    return sql.select(SELECT + " WHERE oauth_client_id = ? ORDER BY id", clientId)
        .map(SERVICE)
        .findFirst();
  }

  /** One page of services in alphabetical order; of those with these names, or of all. */
  public List<Service> page(Optional<Set<String>> among, int offset, int limit) {
    String text = SELECT + SqlText.among(among) + " ORDER BY name LIMIT :limit OFFSET :offset";
    return SqlText.bound(sql.createQuery(text), among)
        .bind("limit", limit)
        .bind("offset", offset)
        .map(SERVICE)
        .list();
  }

  public long count(Optional<Set<String>> among) {
    String text = "SELECT count(*) FROM services" + SqlText.among(among);
    return SqlText.bound(sql.createQuery(text), among).map(RowMapper.NUMBER).one();
  }

  /** All of them; there are few. */
  public List<Service> all() {
    return sql.select(SELECT + " ORDER BY id").map(SERVICE).list();
  }

  /**
   * Makes a service, or changes the one of that name; its number and process stay.
   *
   * @param service its number, process and client are not looked at
   * @param basePath what the path of the service is below
   */
  public Service put(Service service, String basePath) {
    String columns =
        "admin, url, oauth_client_allowed_scopes, info, display, oauth_no_confirm, command, cwd,"
            + " environment, \"user\", timeout, from_config";
    String values =
        ":admin, :url, :scopes, :info, :display, :noConfirm, :command, :cwd, :environment, :user,"
            + " :timeout, :fromConfig";
    sql.createQuery(
            "INSERT INTO services (name, "
                + columns
                + ") VALUES (:name, "
                + values
                + ") ON CONFLICT (name) DO UPDATE SET ("
                + columns
                + ") = ("
                + values
                + ")")
        .bind("name", service.name())
        .bind("admin", service.admin())
        .bind("url", service.url())
        .bind("scopes", JsonText.ofList(service.allowedScopes()))
        .bind("info", service.info())
        .bind("display", service.display())
        .bind("noConfirm", service.noConfirm())
        .bind("command", JsonText.ofList(service.command()))
        .bind("cwd", service.cwd())
        .bind("environment", service.environment())
        .bind("user", service.user())
        .bind("timeout", service.timeout())
        .bind("fromConfig", service.fromConfig())
        .execute();
    Service kept = find(service.name()).orElseThrow();
    setServer(kept, basePath);
    return kept;
  }

  /** JupyterHub keeps the parts of an address in a row of their own. */
  private void setServer(Service service, String basePath) {
    sql.execute(
        "DELETE FROM servers WHERE id IN (SELECT _server_id FROM services WHERE id = ?)",
        service.id());
    if (service.url().isEmpty()) {
      return;
    }
    URI url = URI.create(service.url());
    int standard = "https".equals(url.getScheme()) ? 443 : 80;
    long server =
        sql.createQuery(
                "INSERT INTO servers (proto, ip, port, base_url, cookie_name)"
                    + " VALUES (:proto, :ip, :port, :base, :cookie) RETURNING id")
            .bind("proto", url.getScheme())
            .bind("ip", url.getHost())
            .bind("port", url.getPort() < 0 ? standard : url.getPort())
            .bind("base", basePath)
            .bind("cookie", "jupyterhub-services")
            .map(RowMapper.NUMBER)
            .one();
    sql.execute("UPDATE services SET _server_id = ? WHERE id = ?", server, service.id());
  }

  /** Notes which client of OAuth it is. */
  public void setClient(long id, Optional<String> clientId) {
    sql.execute("UPDATE services SET oauth_client_id = ? WHERE id = ?", clientId.orElse(null), id);
  }

  /**
   * Makes administrators of those that have a role, or gives it to those that are administrators.
   *
   * @param exact whether the role alone counts
   */
  public void followAdminRole(String role, boolean exact) {
    SqlText.followAdminRole(sql, Holder.SERVICE, role, exact);
    if (!exact) {
      sql.execute(
          "INSERT INTO service_role_map (service_id, role_id, managed_by_auth)"
              + " SELECT services.id, roles.id, FALSE FROM services, roles"
              + " WHERE roles.name = ? AND services.admin AND NOT EXISTS"
              + " (SELECT 1 FROM service_role_map map"
              + " WHERE map.service_id = services.id AND map.role_id = roles.id)",
          role);
    }
  }

  /** Notes the process it runs as. */
  public void setPid(long id, long pid) {
    sql.execute("UPDATE services SET pid = ? WHERE id = ?", pid, id);
  }

  /** Takes a service away, with its tokens. */
  public void delete(Service service) {
    sql.execute(
        "DELETE FROM servers WHERE id IN (SELECT _server_id FROM services WHERE id = ?)",
        service.id());
    sql.execute("DELETE FROM services WHERE id = ?", service.id());
    if (!service.clientId().isEmpty()) {
      sql.execute("DELETE FROM oauth_clients WHERE identifier = ?", service.clientId());
    }
  }
}
