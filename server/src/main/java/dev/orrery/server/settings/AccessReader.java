package dev.orrery.server.settings;

import dev.orrery.config.Problem;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.server.access.AccessSettings;
import dev.orrery.server.access.Origins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads who may come in. */
final class AccessReader {

  private AccessReader() {}

  static AccessSettings read(Given given, JupyterPaths paths) {
    if (given.get(ServerTraits.PASSWORD_REQUIRED)
        && given.get(ServerTraits.HASHED_PASSWORD).isEmpty()) {
      given.problem(
          ServerTraits.PASSWORD_REQUIRED,
          "A password is required and none is set; 'orrery password' sets one");
    }
    return read(given, paths, token(given), given.get(ServerTraits.HASHED_PASSWORD));
  }

  /** The hub alone decides: no token or password of the server's own opens anything. */
  static AccessSettings readBehindHub(Given given, JupyterPaths paths) {
    return HubReader.access(read(given, paths, new Token("", false), ""));
  }

  private static AccessSettings read(
      Given given, JupyterPaths paths, Token token, String hashedPassword) {
    String pattern = given.get(ServerTraits.ALLOW_ORIGIN_PAT);
    String ip = given.get(ServerTraits.IP);
    boolean local = ip.equals("localhost") || Origins.isLoopback(ip);
    Optional<String> policy = Optional.empty();
    Map<String, String> headers = new LinkedHashMap<>();
    if (given.get(ServerTraits.TORNADO_SETTINGS).get("headers") instanceof Map<?, ?> set) {
      for (Map.Entry<?, ?> entry : set.entrySet()) {
        String name = String.valueOf(entry.getKey());
        String value = String.valueOf(entry.getValue());
        if (name.equalsIgnoreCase("Content-Security-Policy")) {
          policy = Optional.of(value);
        } else {
          headers.put(name, value);
        }
      }
    }
    return new AccessSettings(
        token.value(),
        token.generated(),
        hashedPassword,
        given.get(ServerTraits.ALLOW_ORIGIN),
        pattern.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(pattern)),
        given.get(ServerTraits.ALLOW_CREDENTIALS),
        !given.get(ServerTraits.DISABLE_CHECK_XSRF),
        given.get(ServerTraits.ALLOW_REMOTE_ACCESS).orElse(!local),
        given.get(ServerTraits.LOCAL_HOSTNAMES),
        given.pathOr(
            ServerTraits.COOKIE_SECRET_FILE, paths.runtimeDir().resolve("jupyter_cookie_secret")),
        given.get(ServerTraits.COOKIE_NAME),
        given.get(ServerTraits.SECURE_COOKIE),
        policy,
        headers);
  }

  private record Token(String value, boolean generated) {}

  private static Token token(Given given) {
    if (given.isSet(ServerTraits.TOKEN)) {
      return new Token(given.get(ServerTraits.TOKEN), false);
    }
    String fromEnvironment = given.env().get("JUPYTER_TOKEN");
    if (fromEnvironment != null) {
      return new Token(fromEnvironment, false);
    }
    String file = given.env().get("JUPYTER_TOKEN_FILE");
    if (file != null && !file.isEmpty()) {
      try {
        return new Token(Files.readString(Path.of(file)).strip(), false);
      } catch (IOException e) {
        given.problem(
            new Problem(
                "JUPYTER_TOKEN_FILE",
                "environment",
                "The file " + file + " can't be read: " + e.getMessage()));
      }
    }
    if (!given.get(ServerTraits.HASHED_PASSWORD).isEmpty()) {
      return new Token("", false);
    }
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return new Token(HexFormat.of().formatHex(random), true);
  }
}
