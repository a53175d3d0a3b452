package dev.orrery.server.contents;

import dev.orrery.http.HttpException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Creates, saves, renames, copies and deletes what the contents API names. Paths are clean.
 * Thread-safe.
 */
final class ContentChanges {

  private static final FileContents.Wanted NO_CONTENT =
      new FileContents.Wanted(Optional.empty(), Optional.empty(), false, false);
  private static final System.Logger LOG = System.getLogger(ContentChanges.class.getName());
  private static final int MAX_NAMESAKES = 100_000;

  private final ContentPaths paths;
  private final ContentsSettings settings;
  private final FileContents contents;
  private final Checkpoints checkpoints;
  private final Trust trust;
  private final LiveOutputs live;
  private final Path userData;

  ContentChanges(
      ContentPaths paths,
      ContentsSettings settings,
      FileContents contents,
      Checkpoints checkpoints,
      Trust trust,
      LiveOutputs live,
      Path userData) {
    this.paths = paths;
    this.settings = settings;
    this.contents = contents;
    this.checkpoints = checkpoints;
    this.trust = trust;
    this.live = live;
    this.userData = userData;
  }

  /** What a save did, and the model of what is there now, without content. */
  record Saved(boolean created, ObjectNode model) {}

  /** Makes an empty notebook, file or folder with a free name in {@code folder}. */
  ObjectNode createUntitled(String folder, String type, String extension) throws IOException {
    requireFolder(folder);
    String path =
        switch (type) {
          case "directory" -> free(folder, "Untitled Folder", "", " ");
          case "notebook" -> free(folder, "Untitled", ".ipynb", "");
          case "file" -> free(folder, "untitled", extension, "");
          default -> throw unknownType(type);
        };
    Path target = paths.resolve(path);
    if (type.equals("directory")) {
      Files.createDirectory(target);
    } else if (type.equals("notebook")) {
      AtomicFile.write(target, out -> NotebookFormat.write(NotebookFormat.empty(), out));
    } else {
      Files.createFile(target);
    }
    return contents.get(path, NO_CONTENT);
  }

  private void requireFolder(String folder) {
    Path target = paths.resolve(folder);
    if (!Files.exists(target)) {
      throw ContentPaths.notFound(folder);
    }
    if (!Files.isDirectory(target)) {
      throw new HttpException(400, "Cannot POST to files, use PUT instead.");
    }
  }

  private static HttpException unknownType(String type) {
    return new HttpException(
        400, "Unhandled contents type: '" + type + "'; the types are notebook, file and directory");
  }

  private String free(String folder, String base, String extension, String beforeNumber) {
    for (int i = 0; i < MAX_NAMESAKES; i++) {
      String path = ContentPaths.join(folder, base + (i == 0 ? "" : beforeNumber + i) + extension);
      if (!Files.exists(paths.resolve(path), LinkOption.NOFOLLOW_LINKS)) {
        return path;
      }
    }
    throw new HttpException(400, "No free name like " + base + extension + " in /" + folder);
  }

  /**
   * Writes a model that a client sends.
   *
   * @param chunk 1 for the first part of a large file, further numbers, -1 for the last; empty for
   *     a whole file
   */
  Saved save(String path, ObjectNode model, Optional<Integer> chunk) throws IOException {
    String type = model.path("type").asString("");
    if (type.isEmpty()) {
      throw new HttpException(400, "No file type provided");
    }
    Path target = paths.resolve(path);
    if (Files.isDirectory(target) && !type.equals("directory")) {
      throw new HttpException(400, path + " is a directory; a " + type + " can't be saved there");
    }
    boolean existed = Files.exists(target);
    if (!type.equals("directory") && !model.has("content")) {
      throw new HttpException(400, "No file content provided");
    }
    if (chunk.isPresent()) {
      if (!type.equals("file")) {
        throw new HttpException(
            400,
            "File type \""
                + type
                + "\" is not supported for large file transfer; only \"file\" is");
      }
      saveChunk(target, model, chunk.get());
      return new Saved(!existed, contents.get(path, NO_CONTENT));
    }
    Optional<String> message = Optional.empty();
    switch (type) {
      case "notebook" -> message = saveNotebook(path, target, model.path("content"));
      case "file" -> saveFile(target, model);
      case "directory" -> saveDirectory(path, target);
      default -> throw unknownType(type);
    }
    ObjectNode saved =
        contents.get(
            path, new FileContents.Wanted(Optional.of(type), Optional.empty(), false, false));
    message.ifPresent(text -> saved.put("message", text));
    return new Saved(!existed || type.equals("directory"), saved);
  }

  private Optional<String> saveNotebook(String path, Path target, JsonNode content)
      throws IOException {
    Optional<String> refusal = NotebookFormat.refusal(content);
    if (refusal.isPresent()) {
      throw new HttpException(
          400, "Unexpected error while saving file: " + path + ": " + refusal.get());
    }
    ObjectNode notebook = (ObjectNode) content;
    boolean trusted = Trust.isClaimed(notebook);
    NotebookFormat.joinLines(notebook);
    NotebookFormat.repairIds(notebook);
    NotebookFormat.stripTransient(notebook);
    if (trusted) {
      trust.sign(notebook);
    }
    Optional<String> problem =
        NotebookFormat.problem(notebook).map(text -> "Notebook validation failed: " + text);
    List<Runnable> saved = live.saving(path, notebook);
    NotebookFormat.splitLines(notebook);
    boolean first = !Files.exists(target);
    AtomicFile.write(target, out -> NotebookFormat.write(notebook, out));
    saved.forEach(Runnable::run);
    if (first || checkpoints.list(target).isEmpty()) {
      try {
        checkpoints.create(target);
      } catch (IOException e) {
        // The notebook is on disk, which is what was asked for.
        LOG.log(System.Logger.Level.WARNING, "No checkpoint of " + path + " could be made: " + e);
      }
    }
    return problem;
  }

  /**
   * Changes a notebook where it lies, if there is one and {@code change} says that it has changed
   * something. It stays trusted if it was.
   *
   * @param change given the notebook as a page gets it
   */
  void rewrite(String path, Predicate<ObjectNode> change) throws IOException {
    Path target = paths.resolve(path);
    if (!Files.isRegularFile(target)) {
      return;
    }
    AtomicFile.change(
        target,
        file -> {
          ObjectNode notebook = FileContents.parse(path, Files.readAllBytes(file));
          NotebookFormat.joinLines(notebook);
          trust.mark(notebook);
          if (!change.test(notebook)) {
            return Optional.empty();
          }
          boolean trusted = Trust.isClaimed(notebook);
          NotebookFormat.stripTransient(notebook);
          if (trusted) {
            trust.sign(notebook);
          }
          NotebookFormat.splitLines(notebook);
          return Optional.of(out -> NotebookFormat.write(notebook, out));
        });
  }

  private static void saveFile(Path target, ObjectNode model) throws IOException {
    byte[] bytes = decode(model);
    AtomicFile.write(target, out -> out.write(bytes));
  }

  private static void saveChunk(Path target, ObjectNode model, int chunk) throws IOException {
    byte[] bytes = decode(model);
    StandardOpenOption how =
        chunk == 1 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
    if (chunk != 1 && !Files.exists(target)) {
      throw new HttpException(400, "Chunk " + chunk + " came, but no chunk 1 before it");
    }
    try (OutputStream out =
        Files.newOutputStream(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
      try {
        out.write(bytes);
      } catch (IOException e) {
        // The part of a file must not be taken for the whole.
        Files.deleteIfExists(target);
        throw e;
      }
    }
  }

  private static byte[] decode(ObjectNode model) {
    if (!model.path("content").isString()) {
      throw new HttpException(
          400,
          "The content of a file is a text; a notebook's is an object and has the type notebook");
    }
    String content = model.path("content").asString();
    String format = model.path("format").asString("");
    return switch (format) {
      case "text" -> content.getBytes(StandardCharsets.UTF_8);
      case "base64" -> {
        try {
          yield Base64.getMimeDecoder().decode(content);
        } catch (IllegalArgumentException e) {
          throw new HttpException(400, "The content is not valid base64: " + e.getMessage());
        }
      }
      default ->
          throw new HttpException(
              400, "Must specify format of file contents as 'text' or 'base64'");
    };
  }

  private static void saveDirectory(String path, Path target) throws IOException {
    if (Files.exists(target) && !Files.isDirectory(target)) {
      throw new HttpException(400, path + " exists and is not a directory");
    }
    if (!Files.exists(target)) {
      Files.createDirectory(target);
    }
  }

  /** Moves a file or folder with its checkpoint. */
  ObjectNode rename(String from, String to) throws IOException {
    Path source = paths.resolve(from);
    Path target = paths.resolve(to);
    if (from.isEmpty() || to.isEmpty()) {
      throw new HttpException(400, "The root folder can't be renamed");
    }
    if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
      throw ContentPaths.notFound(from);
    }
    if (!from.equals(to)) {
      // Two names of one file on a file system that ignores case are a change of spelling.
      if (Files.exists(target) && !Files.isSameFile(source, target)) {
        throw new HttpException(409, "File already exists: " + to);
      }
      Path folder = target.getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw ContentPaths.notFound(ContentPaths.parent(to));
      }
      if (target.startsWith(source)) {
        throw new HttpException(400, "A folder can't be moved into itself: " + to);
      }
      Files.move(source, target);
      if (!Files.isDirectory(target)) {
        try {
          checkpoints.moved(source, target);
        } catch (IOException e) {
          LOG.log(System.Logger.Level.WARNING, "The checkpoint of " + from + " stays: " + e);
        }
      }
    }
    return contents.get(to, NO_CONTENT);
  }

  /**
   * Copies a file or folder.
   *
   * @param to the folder to copy into, or the name of the copy
   */
  ObjectNode copy(String from, String to) throws IOException {
    Path source = paths.resolve(from);
    if (!Files.exists(source)) {
      throw ContentPaths.notFound(from);
    }
    String target =
        Files.isDirectory(paths.resolve(to)) ? copyName(ContentPaths.name(from), to) : to;
    if (Files.isDirectory(source)) {
      copyFolder(source, paths.resolve(target), from);
    } else {
      Files.copy(source, paths.resolve(target));
    }
    return contents.get(target, NO_CONTENT);
  }

  /**
   * The name itself where it is free, else {@code name-Copy1.ext}: the extension begins at the
   * first dot, except that {@code .ipynb} is always one.
   */
  private String copyName(String name, String folder) {
    int dot =
        FileContents.isNotebook(name) ? name.length() - ".ipynb".length() : name.indexOf('.', 1);
    String base = dot < 0 ? name : name.substring(0, dot);
    String extension = dot < 0 ? "" : name.substring(dot);
    return free(folder, base.replaceFirst("-Copy\\d*$", ""), extension, "-Copy");
  }

  private void copyFolder(Path source, Path target, String from) throws IOException {
    long limit = settings.maxCopyFolderMb() * 1024L * 1024L;
    long[] size = {0};
    if (target.startsWith(source)) {
      throw new HttpException(400, "A folder can't be copied into itself: " + from);
    }
    try (var files = Files.walk(source)) {
      List<Path> all = files.toList();
      for (Path file : all) {
        size[0] += Files.isRegularFile(file) ? Files.size(file) : 0;
      }
      if (size[0] > limit) {
        throw new HttpException(
            400,
            "Can not copy "
                + from
                + ": it is larger than the "
                + settings.maxCopyFolderMb()
                + " MB of ContentsManager.max_copy_folder_size_mb");
      }
      Files.createDirectory(target);
      try {
        for (Path file : all.subList(1, all.size())) {
          Files.copy(file, target.resolve(source.relativize(file)), LinkOption.NOFOLLOW_LINKS);
        }
      } catch (IOException e) {
        deleteTree(target);
        throw e;
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Deletes a file or folder, into the trash where that is set. */
  void delete(String path) throws IOException {
    Path target = paths.resolve(path);
    if (path.isEmpty()) {
      throw new HttpException(400, "The root folder can't be deleted");
    }
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw ContentPaths.notFound(path);
    }
    boolean folder = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
    if (settings.deleteToTrash()) {
      trash(path, target);
    } else if (folder) {
      deleteFolder(path, target);
    } else {
      Files.delete(target);
    }
    if (!folder) {
      // Last: a file that can't be deleted keeps its checkpoint.
      checkpoints.deleted(target);
    }
  }

  /** Who has a trash does not expect that a file is gone for good. */
  private void trash(String path, Path target) throws IOException {
    try {
      Trash.move(target, userData);
    } catch (IOException e) {
      // The file may not be taken from where it is, be there a trash or not.
      if (e instanceof AccessDeniedException denied
          && target.toAbsolutePath().toString().equals(denied.getFile())) {
        throw e;
      }
      LOG.log(System.Logger.Level.WARNING, "There is no trash for " + path + ": " + e);
      throw new HttpException(
          400,
          path
              + " can't be moved to the trash. Where there can be none, files are deleted for good"
              + " with FileContentsManager.delete_to_trash = False");
    }
  }

  private void deleteFolder(String path, Path folder) throws IOException {
    if (!settings.alwaysDeleteDir()) {
      try (var entries = Files.newDirectoryStream(folder)) {
        for (Path entry : entries) {
          if (!String.valueOf(entry.getFileName()).equals(Checkpoints.FOLDER)) {
            throw new HttpException(400, "Directory " + path + " not empty");
          }
        }
      }
    }
    deleteTree(folder);
  }

  private static void deleteTree(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Signs a notebook because its user says so. */
  void trust(String path) throws IOException {
    Path file = paths.resolve(path);
    if (!Files.isRegularFile(file)) {
      throw ContentPaths.notFound(path);
    }
    ObjectNode notebook = FileContents.parse(path, Files.readAllBytes(file));
    NotebookFormat.joinLines(notebook);
    NotebookFormat.repairIds(notebook);
    NotebookFormat.stripTransient(notebook);
    trust.sign(notebook);
  }
}
