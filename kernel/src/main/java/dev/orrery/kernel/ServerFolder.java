package dev.orrery.kernel;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The folder in which a server keeps what another needs to go on with its kernels. It is the
 * server's for as long as it holds the lock of the folder, which the system takes from a process
 * that ends in whatever way. Not thread-safe.
 */
final class ServerFolder implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ServerFolder.class.getName());
  private static final String LOCK = "lock";
  private static final String PLACE = "place";
  private static final Set<StandardOpenOption> OWN =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Path path;
  private final FileChannel lock;

  private ServerFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  private static Path all(Path runtimeDir) {
    return runtimeDir.toAbsolutePath().resolve("orrery");
  }

  /**
   * A new folder for a server. Where the file system has no locks, nobody goes on with its kernels.
   *
   * @param place what tells the servers that may go on with its kernels from others
   */
  static ServerFolder create(Path runtimeDir, String place) throws IOException {
    Path path = all(runtimeDir).resolve(UUID.randomUUID().toString());
    PrivateFiles.createFolder(path);
    var lock = FileChannel.open(path.resolve(LOCK), OWN, PrivateFiles.OWNER_ONLY);
    try {
      lock.lock();
      // Whoever sees the place finds the lock taken.
      PrivateFiles.replace(path.resolve(PLACE), place.getBytes(UTF_8));
    } catch (IOException e) {
      LOG.log(
          WARNING,
          "Kernels will not be found again after a crash: '" + path + "' can't be locked: " + e);
    }
    return new ServerFolder(path, lock);
  }

  /** The folders of servers in the same place that are gone; they are ours then. */
  static List<ServerFolder> left(Path runtimeDir, String place) {
    var left = new ArrayList<ServerFolder>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(all(runtimeDir))) {
      for (Path folder : folders) {
        take(folder, place).ifPresent(left::add);
      }
    } catch (NoSuchFileException e) {
      LOG.log(DEBUG, "No server has run here yet");
    } catch (IOException e) {
      LOG.log(WARNING, "Kernels of earlier servers can''t be looked for: {0}", e.toString());
    }
    return left;
  }

  private static Optional<ServerFolder> take(Path folder, String place) throws IOException {
    Path mark = folder.resolve(PLACE);
    try {
      if (!Files.readString(mark).equals(place)) {
        return Optional.empty();
      }
      var lock = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.WRITE);
      if (isOurs(lock) && Files.exists(mark)) {
        return Optional.of(new ServerFolder(folder, lock));
      }
      lock.close();
    } catch (NoSuchFileException e) {
      LOG.log(DEBUG, "A server begins here, or has just ended", e);
    }
    return Optional.empty();
  }

  private static boolean isOurs(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      LOG.log(DEBUG, "A server of this process has it", e);
      return false;
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  KernelFolder kernel(String id) {
    return new KernelFolder(path.resolve(id));
  }

  /** The folders of kernels. */
  List<KernelFolder> kernels() throws IOException {
    var kernels = new ArrayList<KernelFolder>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(path, Files::isDirectory)) {
      folders.forEach(folder -> kernels.add(new KernelFolder(folder)));
    }
    return kernels;
  }

  /** Takes over a kernel's folder from a server that is gone. */
  KernelFolder move(KernelFolder from) throws IOException {
    Path to = path.resolve(from.path().getFileName());
    Files.move(from.path(), to);
    return new KernelFolder(to);
  }

  /** Gives the folder up; without kernels it is removed. */
  @Override
  public void close() throws IOException {
    try {
      if (kernels().isEmpty()) {
        FileTree.delete(path);
      }
    } finally {
      lock.close();
    }
  }
}
