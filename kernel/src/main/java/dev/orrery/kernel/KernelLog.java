package dev.orrery.kernel;

import static java.lang.System.Logger.Level.DEBUG;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.kernel.process.RunningProcess;
import dev.orrery.kernel.process.Stdio;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What a kernel's process prints: a file that only its owner can read. A file and not a pipe,
 * because a kernel outlives us and a pipe without a reader would end it at its next word. Without
 * bound a kernel in a loop would fill the disk, so that the file is looked at each second and cut
 * to its end when it is too long; the kernel appends, so cutting does not disturb it.
 */
final class KernelLog {

  /** A file longer than this is cut. */
  static final long LIMIT = 1 << 20;

  private static final System.Logger LOG = System.getLogger(KernelLog.class.getName());
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int TAIL_BYTES = 4 * 1024;
  private static final int TAIL_LINES = 20;
  private static final byte[] CUT = "(earlier output was dropped)\n".getBytes(UTF_8);

  private final Path file;

  KernelLog(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** A new file for the next process, which makes it: what an earlier one printed goes. */
  Stdio begin() throws IOException {
    Files.deleteIfExists(file);
    return new Stdio.ToFile(file);
  }

  /** Keeps the file within its bound while the process runs. */
  void watch(RunningProcess process) {
    Thread.ofVirtual().name("log of process " + process.pid()).start(() -> boundUntilEnd(process));
  }

  private void boundUntilEnd(RunningProcess process) {
    try {
      while (!process.waitFor(PAUSE)) {
        try {
          bound();
        } catch (IOException e) {
          LOG.log(DEBUG, "What a kernel prints could not be cut", e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void bound() throws IOException {
    byte[] end;
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      if (channel.size() <= LIMIT) {
        return;
      }
      end = end(channel);
      channel.truncate(0);
    } catch (NoSuchFileException e) {
      // Somebody removed it; there is no way left to what the kernel prints.
      return;
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
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, start + bytes.position()) < 0) {
        break;
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** The last lines, at most 20 and 4 KB; none when nothing was printed or it cannot be read. */
  List<String> tail() {
    try (FileChannel channel = FileChannel.open(file, LinkOption.NOFOLLOW_LINKS)) {
      List<String> lines = new String(end(channel), UTF_8).lines().toList();
      return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
    } catch (IOException e) {
      LOG.log(DEBUG, "What a kernel printed could not be read", e);
      return List.of();
    }
  }
}
