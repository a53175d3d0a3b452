package dev.orrery.server.contents;

import dev.orrery.http.HttpException;
import dev.orrery.http.Json;
import dev.orrery.http.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads files, folders and notebooks as the models of the contents API. Thread-safe; holds no state
 * about files.
 */
final class FileContents {

  private static final System.Logger LOG = System.getLogger(FileContents.class.getName());
  private static final Base64.Encoder BASE64 = Base64.getMimeEncoder(76, new byte[] {'\n'});

  private final ContentPaths paths;
  private final List<PathMatcher> hideGlobs;
  private final Trust trust;
  private final LiveOutputs live;

  FileContents(ContentPaths paths, List<PathMatcher> hideGlobs, Trust trust, LiveOutputs live) {
    this.paths = paths;
    this.hideGlobs = List.copyOf(hideGlobs);
    this.trust = trust;
    this.live = live;
  }

  /** What a client wants of a file. */
  record Wanted(Optional<String> type, Optional<String> format, boolean content, boolean hash) {}

  /**
   * The model of a file or folder.
   *
   * @param path clean
   * @throws HttpException 404 when it does not exist or is hidden, 400 when it is not of the wanted
   *     type or format, 403 when it can't be read
   */
  ObjectNode get(String path, Wanted wanted) throws IOException {
    Path file = paths.resolve(path);
    if (!Files.exists(file)) {
      throw ContentPaths.notFound(path);
    }
    try {
      if (Files.isDirectory(file)) {
        if (wanted.type().filter(type -> !type.equals("directory")).isPresent()) {
          throw new HttpException(
              400, path + " is a directory, not a " + wanted.type().get(), "bad type");
        }
        return directory(path, file, wanted.content());
      }
      if (wanted.type().filter("directory"::equals).isPresent()) {
        throw new HttpException(400, path + " is not a directory", "bad type");
      }
      boolean notebook = wanted.type().map("notebook"::equals).orElse(isNotebook(path));
      return notebook ? notebook(path, file, wanted) : file(path, file, wanted);
    } catch (AccessDeniedException e) {
      throw new HttpException(403, "Permission denied: " + path);
    }
  }

  static boolean isNotebook(String path) {
    return path.endsWith(".ipynb");
  }

  private ObjectNode directory(String path, Path folder, boolean withContent) throws IOException {
    ObjectNode model = base(path, folder, true).put("type", "directory");
    if (withContent) {
      if (!Files.isExecutable(folder)) {
        // Its names could be read, but nothing about them.
        throw new AccessDeniedException(folder.toString());
      }
      ArrayNode entries = Json.array();
      try (var stream = Files.newDirectoryStream(folder)) {
        for (Path entry : stream) {
          entry(path, entry).ifPresent(entries::add);
        }
      }
      model.set("content", entries);
      model.put("format", "json");
    }
    return model;
  }

  /** The model of one entry without content; empty for what listings leave out. */
  private Optional<ObjectNode> entry(String parent, Path entry) {
    Path name = entry.getFileName();
    if (paths.isHidden(entry) || hideGlobs.stream().anyMatch(glob -> glob.matches(name))) {
      return Optional.empty();
    }
    try {
      String path = ContentPaths.join(parent, name.toString());
      boolean folder = Files.isDirectory(entry);
      boolean file = Files.isRegularFile(entry);
      boolean danglingLink = Files.isSymbolicLink(entry) && !Files.exists(entry);
      if (!folder && !file && !danglingLink) {
        return Optional.empty();
      }
      ObjectNode model = base(path, entry, folder);
      if (folder) {
        model.put("type", "directory");
      } else if (isNotebook(path)) {
        model.put("type", "notebook");
      } else {
        model.put("type", "file").put("mimetype", MediaTypes.ofName(path).orElse(null));
      }
      return Optional.of(model);
    } catch (IOException e) {
      // One entry that can't be looked at does not hide the others.
      LOG.log(System.Logger.Level.DEBUG, "Left out of the listing: " + entry + ": " + e);
      return Optional.empty();
    }
  }

  /** All keys of a model, those that depend on the type still null. */
  private static ObjectNode base(String path, Path file, boolean folder) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(file, "unix:lastModifiedTime,ctime,size", LinkOption.NOFOLLOW_LINKS);
    ObjectNode model = Json.object();
    model.put("name", ContentPaths.name(path)).put("path", path);
    model.put("last_modified", time(attributes.get("lastModifiedTime")));
    model.put("created", time(attributes.get("ctime")));
    model.putNull("content").putNull("format").putNull("mimetype");
    if (folder) {
      model.putNull("size");
    } else {
      long own = attributes.get("size") instanceof Long size ? size : 0;
      boolean linked = Files.isSymbolicLink(file) && Files.exists(file);
      model.put("size", linked ? Files.size(file) : own);
    }
    return model.put("writable", Files.isWritable(file)).putNull("hash").putNull("hash_algorithm");
  }

  private static String time(@Nullable Object attribute) {
    return Timestamps.of(attribute instanceof FileTime time ? time.toInstant() : Instant.EPOCH);
  }

  private ObjectNode file(String path, Path file, Wanted wanted) throws IOException {
    requireRegular(path, file);
    ObjectNode model = base(path, file, false).put("type", "file");
    model.put("mimetype", MediaTypes.ofName(path).orElse(null));
    if (wanted.content()) {
      byte[] bytes = Files.readAllBytes(file);
      String format = content(path, bytes, wanted.format(), model);
      if (model.path("mimetype").isNull()) {
        model.put("mimetype", format.equals("text") ? "text/plain" : "application/octet-stream");
      }
      model.put("format", format);
      if (wanted.hash()) {
        hash(model, bytes);
      }
    } else if (wanted.hash()) {
      hash(model, file);
    }
    return model;
  }

  private static String content(
      String path, byte[] bytes, Optional<String> format, ObjectNode model) {
    if (!format.orElse("text").equals("base64")) {
      try {
        model.put(
            "content",
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        return "text";
      } catch (CharacterCodingException e) {
        if (format.isPresent()) {
          throw new HttpException(400, path + " is not UTF-8 encoded", "bad format");
        }
      }
    }
    String encoded = BASE64.encodeToString(bytes);
    model.put("content", encoded.isEmpty() ? "" : encoded + "\n");
    return "base64";
  }

  private ObjectNode notebook(String path, Path file, Wanted wanted) throws IOException {
    requireRegular(path, file);
    ObjectNode model = base(path, file, false).put("type", "notebook");
    if (wanted.content()) {
      byte[] bytes = Files.readAllBytes(file);
      ObjectNode notebook = parse(path, bytes);
      NotebookFormat.problem(notebook)
          .ifPresent(problem -> model.put("message", "Notebook validation failed: " + problem));
      NotebookFormat.joinLines(notebook);
      NotebookFormat.repairIds(notebook);
      trust.mark(notebook);
      // The file is as it was: its hash and time say nothing of this.
      live.merge(path, notebook);
      model.set("content", notebook);
      model.put("format", "json");
      if (wanted.hash()) {
        hash(model, bytes);
      }
    } else if (wanted.hash()) {
      hash(model, file);
    }
    return model;
  }

  static ObjectNode parse(String path, byte[] bytes) {
    JsonNode node;
    try {
      node = Json.parse(bytes);
    } catch (JacksonException e) {
      throw new HttpException(
          400,
          "Unreadable Notebook: "
              + path
              + " is not valid JSON: "
              + e.getOriginalMessage()
              + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")"));
    }
    Optional<String> refusal = NotebookFormat.refusal(node);
    if (refusal.isPresent()) {
      throw new HttpException(400, "Unreadable Notebook: " + path + ": " + refusal.get());
    }
    return (ObjectNode) node;
  }

  private static void requireRegular(String path, Path file) {
    if (!Files.isRegularFile(file)) {
      throw new HttpException(400, "Cannot get content of non-file " + path);
    }
  }

  private static void hash(ObjectNode model, byte[] bytes) {
    model
        .put("hash", HexFormat.of().formatHex(sha256().digest(bytes)))
        .put("hash_algorithm", "sha256");
  }

  private static void hash(ObjectNode model, Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    model.put("hash", HexFormat.of().formatHex(digest.digest())).put("hash_algorithm", "sha256");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** The sentence for a failure of the file system, without paths of the machine. */
  static HttpException failure(String what, String path, IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return new HttpException(403, "Permission denied: " + path);
    }
    // A full disk is told by either kind, depending on whether it shows at opening or at writing.
    String reason = cause instanceof FileSystemException fs ? fs.getReason() : cause.getMessage();
    LOG.log(System.Logger.Level.WARNING, what + " " + path + " failed: " + cause);
    return new HttpException(
        500, what + " " + path + " failed" + (reason == null ? "" : ": " + reason));
  }
}
