package dev.orrery.proxy.api;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Optional;

/** What follows the question mark of an address. */
final class Query {

  private Query() {}

  /** The first value of a field; nothing when it has none, an empty or a broken one. */
  static Optional<String> first(String query, String name) {
    try {
      return new QueryStringDecoder("?" + query)
          .parameters().getOrDefault(name, List.of()).stream()
              .findFirst()
              .filter(value -> !value.isEmpty());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
