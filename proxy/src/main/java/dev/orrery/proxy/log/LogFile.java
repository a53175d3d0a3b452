package dev.orrery.proxy.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that grows at its end. When it was renamed or removed, as programs that rotate logs do,
 * the next lines begin a new one.
 */
public final class LogFile implements AccessLog.Sink {

  private final Path path;
  private FileChannel channel;
  private @Nullable Object key;

  private LogFile(Path path) throws IOException {
    this.path = path;
    this.channel = append();
    this.key = keyOf(path);
  }

  /**
   * Opens or makes a file.
   *
   * @throws IOException when it can't be written to
   */
  public static LogFile open(Path path) throws IOException {
    try {
      return new LogFile(path);
    } catch (IOException e) {
      throw new IOException("Can't write the access log " + path + ": " + e, e);
    }
  }

  private FileChannel append() throws IOException {
    return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** What a file keeps when it is renamed; null when it is not there. */
  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  @Override
  public void write(String lines) throws IOException {
    Object now = keyOf(path);
    if (now == null || !Objects.equals(now, key)) {
      channel.close();
      channel = append();
      key = keyOf(path);
    }
    ByteBuffer bytes = ByteBuffer.wrap(lines.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
