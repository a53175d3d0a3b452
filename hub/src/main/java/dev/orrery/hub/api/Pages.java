package dev.orrery.hub.api;

import dev.orrery.http.Exchange;
import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Part of a long list. Clients that say they know pages are told where the next one is; others get
 * a bare list.
 */
record Pages(int offset, int limit, boolean told) {

  private static final String TYPE = "application/jupyterhub-pagination+json";

  /**
   * What a request asks for.
   *
   * @throws HttpException 400 for what is no number
   */
  static Pages of(Exchange exchange, int usual, int most) {
    boolean told = exchange.header("Accept").map(accept -> accept.contains(TYPE)).orElse(false);
    int offset = number(exchange, "offset").orElse(0);
    int limit = number(exchange, "limit").orElse(told ? usual : most);
    return new Pages(Math.abs(offset), Math.clamp(Math.abs(limit), 1, most), told);
  }

  private static Optional<Integer> number(Exchange exchange, String name) {
    Optional<String> text = exchange.query(name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Integer.parseInt(text.get().strip()));
    } catch (NumberFormatException e) {
      throw new HttpException(
          400,
          "Invalid argument type, offset and limit must be integers: "
              + name
              + " is '"
              + (text.get().length() > 20 ? text.get().substring(0, 20) + "…" : text.get())
              + "'");
    }
  }

  /** Answers with one page. */
  void send(Exchange exchange, List<? extends JsonNode> items, long total) {
    var array = Json.array();
    items.forEach(array::add);
    send(exchange, array, total);
  }

  /** Answers with one page of an object or a list. */
  void send(Exchange exchange, JsonNode items, long total) {
    if (told) {
      tell(exchange, items, total);
    } else {
      exchange.sendJson(200, items);
    }
  }

  /**
   * Answers with one page, and tells where the next one is whether the client knows pages or not.
   */
  void sendTold(Exchange exchange, List<? extends JsonNode> items, long total) {
    var array = Json.array();
    items.forEach(array::add);
    tell(exchange, array, total);
  }

  private void tell(Exchange exchange, JsonNode array, long total) {
    ObjectNode answer = Json.object();
    answer.set("items", array);
    ObjectNode pagination = answer.putObject("_pagination");
    pagination.put("offset", offset).put("limit", limit).put("total", total);
    long next = (long) offset + limit;
    if (next < total) {
      pagination
          .putObject("next")
          .put("offset", next)
          .put("limit", limit)
          .put("url", url(exchange, next));
    } else {
      pagination.putNull("next");
    }
    exchange.sendJson(200, answer);
  }

  private String url(Exchange exchange, long next) {
    var query = new ArrayList<String>();
    for (String pair : exchange.rawQuery().split("&", 100)) {
      if (!pair.isEmpty() && !pair.startsWith("offset=") && !pair.startsWith("limit=")) {
        query.add(pair);
      }
    }
    query.add("offset=" + next);
    query.add("limit=" + limit);
    String scheme = exchange.header("X-Forwarded-Proto").orElse("http").split(",", 2)[0];
    return (scheme.strip().equalsIgnoreCase("https") ? "https" : "http")
        + "://"
        + exchange.host()
        + exchange.rawPath()
        + "?"
        + String.join("&", query);
  }
}
