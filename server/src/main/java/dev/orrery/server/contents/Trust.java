package dev.orrery.server.contents;

import dev.orrery.http.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which notebooks this user has run or trusted: their outputs may act in the page. Signatures are
 * HMACs with the user's {@code notebook_secret}, kept in a file of ours. Failures here never keep a
 * notebook from being read or saved.
 */
final class Trust {

  private static final System.Logger LOG = System.getLogger(Trust.class.getName());
  private static final int MAX_SIGNATURES = 65_535;

  private static final Set<String> SAFE_TYPES =
      Set.of("text/plain", "image/png", "image/jpeg", "text/latex", "application/json");

  private final Path secretFile;
  private final Path store;

  /**
   * Keeps signatures below {@code dataDir}.
   *
   * @param dataDir Jupyter's data folder of the user
   */
  Trust(Path dataDir) {
    secretFile = dataDir.resolve("notebook_secret");
    store = dataDir.resolve("orrery_signatures");
  }

  /**
   * Marks each code cell of a notebook that was read: trusted when signed, or when it holds nothing
   * that could act.
   */
  void mark(ObjectNode notebook) {
    boolean signed = isSigned(notebook);
    for (JsonNode cell : notebook.path("cells")) {
      if (cell.path("cell_type").asString("").equals("code")
          && cell.path("metadata") instanceof ObjectNode metadata) {
        metadata.put("trusted", signed || isHarmless(cell));
      }
    }
  }

  private static boolean isHarmless(JsonNode cell) {
    for (JsonNode output : cell.path("outputs")) {
      String type = output.path("output_type").asString("");
      if (type.equals("stream") || type.equals("error")) {
        continue;
      }
      for (String mime : output.path("data").propertyNames()) {
        if (!SAFE_TYPES.contains(mime)) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether a page says that all code cells of the notebook it saves are trusted. */
  static boolean isClaimed(ObjectNode notebook) {
    for (JsonNode cell : notebook.path("cells")) {
      boolean code = cell.path("cell_type").asString("").equals("code");
      if (code && !cell.path("metadata").path("trusted").asBoolean(false) && !isHarmless(cell)) {
        return false;
      }
    }
    return true;
  }

  /** Signs a notebook as it is on disk, transient marks removed. */
  synchronized void sign(ObjectNode stripped) {
    try {
      String signature = signature(stripped);
      Set<String> signatures = signatures();
      if (signatures.add(signature)) {
        if (signatures.size() > MAX_SIGNATURES) {
          List<String> newest =
              List.copyOf(signatures).subList(signatures.size() * 3 / 4, signatures.size());
          AtomicFile.write(
              store,
              out ->
                  out.write(
                      (String.join("\n", newest) + "\n").getBytes(StandardCharsets.US_ASCII)));
        } else {
          Files.createDirectories(store.toAbsolutePath().getParent());
          Files.writeString(
              store, signature + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "The notebook could not be signed: " + e);
    }
  }

  private synchronized boolean isSigned(ObjectNode notebook) {
    try {
      if (!Files.exists(store)) {
        return false;
      }
      ObjectNode stripped = notebook.deepCopy();
      NotebookFormat.stripTransient(stripped);
      return signatures().contains(signature(stripped));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "Signatures of notebooks could not be read: " + e);
      return false;
    }
  }

  private Set<String> signatures() throws IOException {
    return Files.exists(store)
        ? new LinkedHashSet<>(Files.readAllLines(store))
        : new LinkedHashSet<>();
  }

  private String signature(ObjectNode stripped) throws IOException {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret(), "HmacSHA256"));
      ObjectNode joined = stripped.deepCopy();
      NotebookFormat.joinLines(joined);
      mac.update(Json.bytes(joined.path("cells")));
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform has HmacSHA256", e);
    }
  }

  private byte[] secret() throws IOException {
    if (!Files.exists(secretFile)) {
      Files.createDirectories(secretFile.toAbsolutePath().getParent());
      byte[] random = new byte[1024];
      new SecureRandom().nextBytes(random);
      try {
        Files.createFile(
            secretFile,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(secretFile, Base64.getMimeEncoder().encode(random));
      } catch (FileAlreadyExistsException e) {
        // Another server was faster; its secret counts.
      }
    }
    return Files.readAllBytes(secretFile);
  }
}
