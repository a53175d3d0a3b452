package dev.orrery.server.contents;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Replaces a file so that at every moment it holds the old content or the new one, whole. Mode and
 * owner stay; a file with several hard links or of another owner is written in place, with a copy
 * beside it until that is done. In a folder that takes no new file the copy is in memory.
 */
final class AtomicFile {

  /** Writes the new content. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Two saves of one file at once would write into one copy; names share a few locks. */
  private static final ReentrantLock[] WRITERS =
      Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final String BESIDE = ".~";

  /** What most file systems allow, in bytes. */
  private static final int MAX_NAME = 255;

  private AtomicFile() {}

  /**
   * Writes {@code content} to {@code named}, or to what {@code named} links to.
   *
   * @throws IOException when the content can't be written; the file then holds what it held before
   */
  static void write(Path named, Content content) throws IOException {
    change(named, _ -> Optional.of(content));
  }

  /** Makes new content of the old. */
  @FunctionalInterface
  interface Change {
    /** Returns nothing where the file is to stay as it is. */
    Optional<Content> of(Path file) throws IOException;
  }

  /**
   * As {@link #write}, with content that depends on what there is: nobody else of this process
   * writes the file in between.
   */
  static void change(Path named, Change change) throws IOException {
    Path file = target(named);
    ReentrantLock writer = WRITERS[Math.floorMod(file.hashCode(), WRITERS.length)];
    writer.lock();
    try {
      Optional<Content> content = change.of(file);
      if (content.isPresent()) {
        writeAlone(file, content.get());
      }
    } finally {
      writer.unlock();
    }
  }

  /** What a link leads to, also when that is not there yet. */
  private static Path target(Path named) throws IOException {
    if (Files.exists(named)) {
      return named.toRealPath();
    }
    return Files.isSymbolicLink(named)
        ? named.resolveSibling(Files.readSymbolicLink(named)).normalize()
        : named;
  }

  private static void writeAlone(Path file, Content content) throws IOException {
    if (!Files.exists(file)) {
      replace(file, beside(file), content);
      return;
    }
    if (!Files.isWritable(file)) {
      // A rename would get around the permissions of the file.
      throw new AccessDeniedException(file.toString());
    }
    Path folder = file.getParent();
    if (folder == null || !Files.isWritable(folder)) {
      byte[] before = Files.readAllBytes(file);
      try {
        writeAndSync(file, content);
      } catch (IOException | RuntimeException e) {
        writeAndSync(file, out -> out.write(before));
        throw e;
      }
    } else if (hasOtherNames(file)) {
      writeInPlace(file, beside(file), content);
    } else {
      replaceOrWriteInPlace(file, beside(file), content);
    }
  }

  private static Path beside(Path file) {
    String name = String.valueOf(file.getFileName());
    // A name may be as long as the file system lets it.
    boolean isLong = name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME - BESIDE.length();
    return file.resolveSibling(BESIDE + (isLong ? Integer.toHexString(name.hashCode()) : name));
  }

  /** A new inode would lose them. */
  private static boolean hasOtherNames(Path file) throws IOException {
    return Files.getAttribute(file, "unix:nlink") instanceof Integer links && links > 1;
  }

  /** The new file stands in for the old one if it can be given the same owner, group and mode. */
  private static void replaceOrWriteInPlace(Path file, Path beside, Content content)
      throws IOException {
    Files.deleteIfExists(beside);
    boolean standsIn;
    try {
      Files.createFile(beside, OWNER_ONLY);
      standsIn = standsIn(beside, file);
    } catch (IOException e) {
      Files.deleteIfExists(beside);
      throw e;
    }
    if (standsIn) {
      replace(file, beside, content);
    } else {
      writeInPlace(file, beside, content);
    }
  }

  private static boolean standsIn(Path beside, Path file) throws IOException {
    // By number: in a container a user may have no name.
    if (!Files.getAttribute(beside, "unix:uid").equals(Files.getAttribute(file, "unix:uid"))) {
      return false;
    }
    PosixFileAttributes before = Files.readAttributes(file, PosixFileAttributes.class);
    PosixFileAttributeView view = Files.getFileAttributeView(beside, PosixFileAttributeView.class);
    if (!view.readAttributes().group().equals(before.group())) {
      try {
        view.setGroup(before.group());
      } catch (FileSystemException e) {
        // Only members of a group may give files to it.
        return false;
      }
    }
    view.setPermissions(before.permissions());
    return true;
  }

  private static void replace(Path file, Path beside, Content content) throws IOException {
    try {
      writeAndSync(beside, content);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(beside);
      throw e;
    }
  }

  private static void writeInPlace(Path file, Path copy, Content content) throws IOException {
    try {
      Files.copy(
          file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      Files.deleteIfExists(copy);
      throw e;
    }
    try {
      writeAndSync(file, content);
    } catch (IOException | RuntimeException e) {
      byte[] before = Files.readAllBytes(copy);
      // Should this fail as well, the copy stays: it is the only whole one.
      writeAndSync(file, out -> out.write(before));
      Files.deleteIfExists(copy);
      throw e;
    }
    Files.deleteIfExists(copy);
  }

  private static void writeAndSync(Path file, Content content) throws IOException {
    try (var channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      // The buffer is flushed, not closed: the channel is needed for force().
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 64 * 1024);
      content.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }
}
