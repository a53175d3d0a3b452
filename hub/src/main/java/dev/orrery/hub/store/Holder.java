package dev.orrery.hub.store;

/** What can have roles. */
public enum Holder {
  USER("user"),
  GROUP("group"),
  SERVICE("service");

  private final String word;

  Holder(String word) {
    this.word = word;
  }

  /** The table of this kind. */
  String table() {
    return word + "s";
  }

  /** The table that maps holders of this kind to roles. */
  String map() {
    return word + "_role_map";
  }

  /** The column of that table with the holder. */
  String column() {
    return word + "_id";
  }
}
