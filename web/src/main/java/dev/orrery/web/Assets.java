package dev.orrery.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Set;

/**
 * Our own files for browsers: style sheet, mark, favicon, scripts. Packed in the jar, small enough
 * to be held in memory.
 */
public final class Assets {

  private static final Set<String> NAMES =
      Set.of(
          "page.css",
          "hub.css",
          "mark.svg",
          "favicon.ico",
          "starting.js",
          "actions.js",
          "password.js");

  private Assets() {}

  /** The bytes of an asset; empty when there is none of that name. */
  public static Optional<byte[]> find(String name) {
    if (!NAMES.contains(name)) {
      return Optional.empty();
    }
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("The asset " + name + " of our own jar can't be read", e);
    }
  }
}
