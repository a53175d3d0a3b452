package dev.orrery.kubernetes.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Settings of a Jupyter Server, as {@code jupyter_server_config.json} has them.
 *
 * @param sections values by their names, by the names of their classes
 */
public record NotebookSettings(Map<String, Map<String, @Nullable Object>> sections) {

  /** A ConfigMap has room for 1 MiB with all that is around it. */
  private static final long LARGEST = 512 * 1024;

  private static final String SERVER = "ServerApp";
  private static final String IDENTITY = "IdentityProvider";
  private static final String HASHED = "hashed_password";

  /** Classes in which a server looks for the password. */
  private static final List<String> IDENTITIES =
      List.of(IDENTITY, "PasswordIdentityProvider", SERVER);

  /** What the container, the Service and the probe take for granted. */
  private static final Map<String, String> FIXED =
      Map.of(
          "ip", "the server has to be reached from outside of its container",
          "port", "the Service leads to port " + NotebookPlan.PORT,
          "sock", "the Service leads to a port",
          "certfile", "give --host and --tls-secret, and the Ingress speaks HTTPS",
          "keyfile", "give --host and --tls-secret, and the Ingress speaks HTTPS");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private static final TypeReference<LinkedHashMap<String, @Nullable Object>> TREE =
      new TypeReference<>() {};

  public NotebookSettings {
    var copy = new LinkedHashMap<String, Map<String, @Nullable Object>>();
    sections.forEach((section, values) ->
        copy.put(section, Collections.unmodifiableMap(new LinkedHashMap<>(values))));
    sections = Collections.unmodifiableMap(copy);
  }

  /**
   * What each notebook has. A server that is told of a settings file reads no other, not even that
   * of its image, so what docker-stacks' images say there is said again: it listens for others than
   * itself, opens no browser, and deletes instead of filling the volume with a wastebasket.
   */
  static NotebookSettings usual() {
    return new NotebookSettings(Map.of())
        .with(SERVER, "ip", "*")
        .with(SERVER, "open_browser", false)
        .with("FileContentsManager", "delete_to_trash", false);
  }

  private NotebookSettings with(String section, String name, @Nullable Object value) {
    var changed = new LinkedHashMap<>(sections);
    var values =
        new LinkedHashMap<String, @Nullable Object>(sections.getOrDefault(section, Map.of()));
    values.put(name, value);
    changed.put(section, values);
    return new NotebookSettings(changed);
  }

  /**
   * The usual ones and those of a file.
   *
   * @param problems told what is wrong with the file, in sentences
   */
  static NotebookSettings ofFile(Path file, Consumer<String> problems) {
    Optional<String> text = text(file, problems);
    if (text.isEmpty()) {
      return usual();
    }
    try {
      return usual().and(MAPPER.readValue(text.get(), TREE), file, problems);
    } catch (JacksonException e) {
      var place = e.getLocation();
      problems.accept(
          "--settings: "
              + file
              + (place == null ? "" : ":" + place.getLineNr() + ":" + place.getColumnNr())
              + " is no JSON object ("
              + e.getOriginalMessage()
              + "); write settings such as {\"ServerApp\": {\"root_dir\": \"work\"}}");
      return usual();
    }
  }

  private static Optional<String> text(Path file, Consumer<String> problems) {
    try {
      long size = Files.size(file);
      if (size <= LARGEST) {
        return Optional.of(Files.readString(file));
      }
      problems.accept(
          "--settings: "
              + file
              + " has "
              + size
              + " bytes, and at most "
              + LARGEST
              + " go onto a cluster; leave out what need not be there");
    } catch (NoSuchFileException e) {
      problems.accept("--settings: there is no file " + file + "; give the path of one");
    } catch (IOException e) {
      problems.accept("--settings: " + file + " can't be read as text (" + e.getMessage() + ")");
    }
    return Optional.empty();
  }

  private NotebookSettings and(
      Map<String, @Nullable Object> written, Path file, Consumer<String> problems) {
    NotebookSettings all = this;
    for (var section : written.entrySet()) {
      if (!(section.getValue() instanceof Map<?, ?> values)) {
        problems.accept(
            "--settings: "
                + file
                + " has '"
                + section.getKey()
                + "' outside of a class; write {\"ServerApp\": {\""
                + section.getKey()
                + "\": …}}");
        continue;
      }
      for (var value : values.entrySet()) {
        String name = String.valueOf(value.getKey());
        @Nullable String reason = section.getKey().equals(SERVER) ? FIXED.get(name) : null;
        if (reason != null) {
          problems.accept(
              "--settings: " + file + " sets ServerApp." + name + "; leave it out: " + reason);
        } else {
          all = all.with(section.getKey(), name, value.getValue());
        }
      }
    }
    return all;
  }

  /** Settings that were written by {@link #text}; nothing where somebody made others of them. */
  static Optional<NotebookSettings> of(String text) {
    try {
      var sections = new LinkedHashMap<String, Map<String, @Nullable Object>>();
      MAPPER
          .readValue(text, TREE)
          .forEach((section, values) -> {
            if (values instanceof Map<?, ?> map) {
              var copy = new LinkedHashMap<String, @Nullable Object>();
              map.forEach((name, value) -> copy.put(String.valueOf(name), value));
              sections.put(section, copy);
            }
          });
      return Optional.of(new NotebookSettings(sections));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /** The password that opens the server, hashed. */
  Optional<String> password() {
    return IDENTITIES.stream()
        .map(section -> value(section, HASHED))
        .flatMap(Optional::stream)
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .filter(hash -> !hash.isEmpty())
        .findFirst();
  }

  /** The same, opened by that password. */
  NotebookSettings withPassword(String hashed) {
    return with(IDENTITY, HASHED, hashed);
  }

  /** The path below which everything of the server is, with its slashes. */
  String baseUrl() {
    String written =
        value(SERVER, "base_url")
            .filter(String.class::isInstance)
            .map(String.class::cast)
            .orElse("");
    String inner = written.replaceAll("^/+|/+$", "");
    return inner.isEmpty() ? "/" : "/" + inner + "/";
  }

  /** Settings that are secrets as they stand, and would be read by whoever may read ConfigMaps. */
  public List<String> plainSecrets() {
    var found = new ArrayList<String>();
    sections.forEach((section, values) ->
        values.forEach((name, value) -> {
          if ((name.equals("token") || name.equals("password") || name.endsWith("_secret"))
              && value instanceof String secret
              && !secret.isEmpty()) {
            found.add(section + "." + name);
          }
        }));
    return found;
  }

  private Optional<Object> value(String section, String name) {
    return Optional.ofNullable(sections.getOrDefault(section, Map.of()).get(name));
  }

  /** The file. */
  String text() {
    return MAPPER.writeValueAsString(sections) + "\n";
  }
}
