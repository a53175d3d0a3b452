package dev.orrery.http;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The unix socket that a server left behind when it was killed: in the way of the next one. */
public final class StaleSocket {

  private StaleSocket() {}

  /**
   * Removes it. What is of use to anyone stays.
   *
   * @throws IOException when {@code path} is something else, or somebody listens there; the message
   *     says so
   */
  public static void remove(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(path + " exists and is not a socket; give the socket another name");
    }
    try {
      SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
    } catch (ConnectException e) {
      // Nobody listens.
      Files.delete(path);
      return;
    }
    throw new BindException("The socket " + path + " is already in use by another server");
  }
}
