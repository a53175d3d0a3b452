package dev.orrery.kernel;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads one kernel.json and finds the files next to it. */
final class KernelSpecReader {

  private static final long MAX_SIZE = 1 << 20;
  private static final int MAX_RESOURCES = 100;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private KernelSpecReader() {}

  /** What is thrown says in words what is wrong with the file. */
  static KernelSpec read(String name, Path directory, Path file, long size) throws IOException {
    if (size > MAX_SIZE) {
      throw new IOException("it has " + size + " bytes, more than any kernel.json needs");
    }
    JsonNode root;
    try {
      root = JSON.readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new IOException("it is not valid JSON: " + e.getOriginalMessage(), e);
    }
    if (!(root instanceof ObjectNode json)) {
      throw new IOException("it is not a JSON object");
    }
    return read(name, directory, json);
  }

  /** As the other {@code read}, with what the file has in it. */
  static KernelSpec read(String name, Path directory, ObjectNode json) throws IOException {
    return new KernelSpec(
        name,
        directory,
        argv(json.path("argv")),
        string(json, "display_name"),
        string(json, "language"),
        interruptMode(string(json, "interrupt_mode")),
        env(json.path("env")),
        metadata(json.path("metadata")),
        string(json, "kernel_protocol_version"),
        resources(directory));
  }

  private static List<String> argv(JsonNode node) throws IOException {
    if (!node.isMissingNode() && !node.isArray()) {
      throw new IOException("its argv is not a list");
    }
    var argv = new ArrayList<String>();
    for (JsonNode word : node) {
      if (!word.isString()) {
        throw new IOException("its argv has something that is not a string");
      }
      argv.add(word.stringValue());
    }
    return argv;
  }

  private static Map<String, String> env(JsonNode node) throws IOException {
    if (!node.isMissingNode() && !node.isObject()) {
      throw new IOException("its env is not an object");
    }
    var env = new LinkedHashMap<String, String>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!entry.getValue().isValueNode()) {
        throw new IOException("its env has a value that is not a string: " + entry.getKey());
      }
      env.put(entry.getKey(), entry.getValue().asString());
    }
    return env;
  }

  private static ObjectNode metadata(JsonNode node) throws IOException {
    if (node instanceof ObjectNode metadata) {
      return metadata;
    }
    if (node.isMissingNode()) {
      return JSON.createObjectNode();
    }
    throw new IOException("its metadata is not an object");
  }

  private static String string(ObjectNode json, String field) throws IOException {
    JsonNode node = json.path(field);
    if (node.isMissingNode()) {
      return "";
    }
    if (!node.isString()) {
      throw new IOException("its " + field + " is not a string");
    }
    return node.stringValue();
  }

  private static InterruptMode interruptMode(String value) throws IOException {
    if (value.isEmpty() || value.equalsIgnoreCase("signal")) {
      return InterruptMode.SIGNAL;
    }
    if (value.equalsIgnoreCase("message")) {
      return InterruptMode.MESSAGE;
    }
    throw new IOException("its interrupt_mode '" + value + "' is neither signal nor message");
  }

  /** jupyter_server's {@code kernelspec_model}: kernel.js, kernel.css, and logos by their stem. */
  private static Map<String, Path> resources(Path directory) throws IOException {
    var resources = new TreeMap<String, Path>();
    if (!Files.isDirectory(directory)) {
      return resources;
    }
    for (String name : List.of("kernel.js", "kernel.css")) {
      Path file = directory.resolve(name);
      if (Files.isRegularFile(file)) {
        resources.put(name, file);
      }
    }
    try (DirectoryStream<Path> logos = Files.newDirectoryStream(directory, "logo-*")) {
      for (Path logo : logos) {
        if (resources.size() >= MAX_RESOURCES) {
          break;
        }
        String name = logo.getFileName().toString();
        int dot = name.lastIndexOf('.');
        resources.put(dot > 0 ? name.substring(0, dot) : name, logo);
      }
    }
    return resources;
  }
}
