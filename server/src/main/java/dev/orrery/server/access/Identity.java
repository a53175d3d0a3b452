package dev.orrery.server.access;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who a visitor is, in the words of {@code /api/me}.
 *
 * @param username what identifies the visitor; random for one who came with the token
 * @param name full name
 * @param displayName what others see
 * @param initials one or two letters
 * @param avatarUrl a picture, or null
 * @param color a CSS color, or null for the client's choice
 */
public record Identity(
    String username,
    String name,
    String displayName,
    @Nullable String initials,
    @Nullable String avatarUrl,
    @Nullable String color) {

  /** The fields a visitor may change, in the order upstream lists them. */
  static final List<String> UPDATABLE =
      List.of("name", "display_name", "initials", "avatar_url", "color");

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MAX_FIELD = 1_000;

  /** Moons of Jupiter: whoever comes with the token has no name of their own. */
  private static final List<String> MOONS =
      List.of(
          "Metis",
          "Adrastea",
          "Amalthea",
          "Thebe",
          "Io",
          "Europa",
          "Ganymede",
          "Callisto",
          "Themisto",
          "Leda",
          "Ersa",
          "Himalia",
          "Pandia",
          "Lysithea",
          "Elara",
          "Dia",
          "Carpo",
          "Valetudo",
          "Euporie",
          "Eupheme",
          "Mneme",
          "Euanthe",
          "Harpalyke",
          "Orthosie",
          "Helike",
          "Praxidike",
          "Thelxinoe",
          "Thyone",
          "Ananke",
          "Iocaste",
          "Hermippe",
          "Philophrosyne",
          "Pasithee",
          "Eurydome",
          "Chaldene",
          "Isonoe",
          "Eirene",
          "Kale",
          "Carme",
          "Taygete",
          "Kalyke",
          "Callirrhoe",
          "Sinope",
          "Autonoe",
          "Megaclite",
          "Pasiphae",
          "Arche",
          "Kore");

  /** Someone new, named after a moon. */
  static Identity anonymous() {
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    String moon = MOONS.get(RANDOM.nextInt(MOONS.size()));
    String name = "Anonymous " + moon;
    return new Identity(HexFormat.of().formatHex(id), name, name, "A" + moon.charAt(0), null, null);
  }

  /** As {@code /api/me} shows it. */
  public ObjectNode toJson() {
    return Json.object()
        .put("username", username)
        .put("name", name)
        .put("display_name", displayName)
        .put("initials", initials)
        .put("avatar_url", avatarUrl)
        .put("color", color);
  }

  /** What {@link #toJson} wrote, for example into a cookie; empty when it is something else. */
  static Optional<Identity> fromJson(byte[] json) {
    try {
      JsonNode node = Json.parse(json);
      String username = node.path("username").asString("");
      if (username.isEmpty()) {
        return Optional.empty();
      }
      String name = node.path("name").asString(username);
      return Optional.of(
          new Identity(
              username,
              name,
              node.path("display_name").asString(name),
              text(node, "initials"),
              text(node, "avatar_url"),
              text(node, "color")));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.path(field).isString() ? node.path(field).asString() : null;
  }

  /**
   * This identity with the fields of {@code changes} replaced.
   *
   * @param updatable the fields that may be among them
   * @throws HttpException 400 when a field may not be changed or is no short text
   */
  Identity with(ObjectNode changes, List<String> updatable) {
    ObjectNode changed = toJson();
    changes
        .properties()
        .forEach(field -> {
          if (!updatable.contains(field.getKey())) {
            throw new HttpException(
                400,
                "Field "
                    + field.getKey()
                    + " is not updatable"
                    + (updatable.isEmpty()
                        ? "; nothing here is"
                        : "; these are: " + String.join(", ", updatable)));
          }
          boolean fits =
              field.getValue().isNull()
                  || field.getValue().isString()
                      && field.getValue().asString().length() <= MAX_FIELD;
          if (!fits) {
            throw new HttpException(
                400,
                "Field "
                    + field.getKey()
                    + " needs a text of at most "
                    + MAX_FIELD
                    + " characters");
          }
          changed.set(field.getKey(), field.getValue());
        });
    return new Identity(
        username,
        changed.path("name").asString(name),
        changed.path("display_name").asString(displayName),
        text(changed, "initials"),
        text(changed, "avatar_url"),
        text(changed, "color"));
  }
}
