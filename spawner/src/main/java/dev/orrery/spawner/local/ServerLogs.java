package dev.orrery.spawner.local;

import static java.lang.System.Logger.Level.DEBUG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.spawner.spi.ServerName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What servers print: one file each, which only the hub can read. Files and not pipes, because
 * servers outlive the hub, and a pipe without a reader would end them at their next word. Each
 * second every file is looked at and cut to its end when it is too long; servers append, so cutting
 * does not disturb them.
 */
final class ServerLogs implements AutoCloseable {

  /** A file longer than this is cut. */
  static final long LIMIT = 1 << 20;

  private static final System.Logger LOG = System.getLogger(ServerLogs.class.getName());
  private static final long PAUSE_MILLIS = 1000;
  private static final int TAIL_BYTES = 8 * 1024;
  private static final int TAIL_LINES = 20;
  private static final int LONGEST_NAME = 120;
  private static final byte[] CUT = "(earlier output was dropped)\n".getBytes(UTF_8);
  private static final String END = ".log";

  private final Path directory;
  private final Thread keeper;

  ServerLogs(Path directory) {
    this.directory = directory;
    keeper = Thread.ofVirtual().name("logs of servers").start(this::keepBounded);
  }

  /** An empty file for the next run of a server. */
  Path begin(ServerName who) throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    Path file = file(who);
    Files.deleteIfExists(file);
    return Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** The last lines, at most 20 and 8 KB; none where nothing was printed or kept. */
  List<String> tail(ServerName who) {
    try (FileChannel channel = FileChannel.open(file(who), LinkOption.NOFOLLOW_LINKS)) {
      List<String> lines = new String(end(channel), UTF_8).lines().toList();
      return List.copyOf(lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    } catch (IOException e) {
      LOG.log(DEBUG, "What the server {0} printed could not be read: {1}", who, e);
      return List.of();
    }
  }

  /** Removes the file of a server. */
  void forget(ServerName who) throws IOException {
    Files.deleteIfExists(file(who));
  }

  /** Names of users are anything, names of files are not; long ones are told apart by a digest. */
  private Path file(ServerName who) {
    String name = safe(who.user()) + "+" + safe(who.server());
    if (name.length() > LONGEST_NAME) {
      name = name.substring(0, LONGEST_NAME) + "+" + digest(name);
    }
    return directory.resolve(name + END);
  }

  private static String safe(String name) {
    var safe = new StringBuilder();
    for (byte b : name.getBytes(UTF_8)) {
      boolean plain = b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_';
      safe.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff));
    }
    return safe.toString();
  }

  private static String digest(String name) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void keepBounded() {
    try {
      while (true) {
        Thread.sleep(PAUSE_MILLIS);
        boundAll();
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  void boundAll() {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + END)) {
      for (Path file : files) {
        bound(file);
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(DEBUG, "What servers print could not be cut", e);
    }
  }

  private static void bound(Path file) throws IOException {
    if (Files.size(file) <= LIMIT) {
      return;
    }
    byte[] end;
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      end = end(channel);
      channel.truncate(0);
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS)) {
      channel.write(ByteBuffer.wrap(CUT));
      channel.write(ByteBuffer.wrap(end));
    }
  }

  private static byte[] end(FileChannel channel) throws IOException {
    long size = channel.size();
    var bytes = ByteBuffer.allocate((int) Math.min(size, TAIL_BYTES));
    long start = size - bytes.capacity();
    while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) >= 0) {
      // Reads on.
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  @Override
  public void close() {
    keeper.interrupt();
  }
}
