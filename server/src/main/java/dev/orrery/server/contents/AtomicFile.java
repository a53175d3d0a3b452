package dev.orrery.server.contents;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Replaces a file so that at every moment it holds the old content or the new one, whole. Mode and
 * owner stay; a file with several hard links is written in place, with a copy beside it until that
 * is done.
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

  private AtomicFile() {}

  /**
   * Writes {@code content} to {@code named}, or to what {@code named} links to.
   *
   * @throws IOException when the content can't be written; the file then holds what it held before
   */
  static void write(Path named, Content content) throws IOException {
    Path file = target(named);
    ReentrantLock writer = WRITERS[Math.floorMod(file.hashCode(), WRITERS.length)];
    writer.lock();
    try {
      writeAlone(file, content);
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
    Path beside = file.resolveSibling(".~" + file.getFileName());
    @Nullable PosixFileAttributes before = attributes(file);
    if (before != null && mustStayInPlace(file, before)) {
      writeInPlace(file, beside, content);
      return;
    }
    try {
      writeAndSync(beside, content);
      if (before != null) {
        PosixFileAttributeView view =
            Files.getFileAttributeView(beside, PosixFileAttributeView.class);
        if (!takesGroup(view, before.group())) {
          Files.deleteIfExists(beside);
          writeInPlace(file, beside, content);
          return;
        }
        view.setPermissions(before.permissions());
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(beside);
      throw e;
    }
  }

  /** False when the new file can't be given the old one's group, which only its members may do. */
  private static boolean takesGroup(PosixFileAttributeView view, GroupPrincipal group)
      throws IOException {
    if (view.readAttributes().group().equals(group)) {
      return true;
    }
    try {
      view.setGroup(group);
      return true;
    } catch (FileSystemException e) {
      return false;
    }
  }

  private static @Nullable PosixFileAttributes attributes(Path file) throws IOException {
    return Files.exists(file) ? Files.readAttributes(file, PosixFileAttributes.class) : null;
  }

  /**
   * A new inode would lose the other names, an owner that is not us, or fail in a folder we can't
   * write to.
   */
  private static boolean mustStayInPlace(Path file, PosixFileAttributes before) throws IOException {
    Map<String, Object> unix = Files.readAttributes(file, "unix:nlink,uid");
    boolean linked = unix.get("nlink") instanceof Integer links && links > 1;
    Path parent = file.getParent();
    boolean foreign =
        parent != null && !before.owner().getName().equals(System.getProperty("user.name"));
    return linked || foreign || parent == null || !Files.isWritable(parent);
  }

  private static void writeInPlace(Path file, Path copy, Content content) throws IOException {
    boolean copied = Files.isWritable(file.getParent());
    if (copied) {
      Files.copy(
          file, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
    }
    try {
      writeAndSync(file, content);
    } catch (IOException | RuntimeException e) {
      if (copied) {
        byte[] buffer = Files.readAllBytes(copy);
        writeAndSync(file, out -> out.write(buffer));
      }
      throw e;
    } finally {
      if (copied) {
        Files.deleteIfExists(copy);
      }
    }
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
