package dev.orrery.hub.store;

import java.util.Optional;

/** The proxy that was named in place of the one of the settings, if one was. */
public final class NamedProxy {

  private final Sql sql;

  NamedProxy(Sql sql) {
    this.sql = sql;
  }

  /** What was said of it, encrypted. */
  public Optional<byte[]> find() {
    return sql.select("SELECT place FROM orrery_proxy WHERE id = 1")
        .map(row -> row.bytes(1))
        .findOne()
        .flatMap(place -> place);
  }

  public void put(byte[] place) {
    sql.execute(
        "INSERT INTO orrery_proxy (id, place) VALUES (1, ?)"
            + " ON CONFLICT (id) DO UPDATE SET place = excluded.place",
        place);
  }

  /** The one of the settings counts again. */
  public void delete() {
    sql.execute("DELETE FROM orrery_proxy WHERE id = 1");
  }
}
