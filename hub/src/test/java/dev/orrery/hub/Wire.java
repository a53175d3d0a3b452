package dev.orrery.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a port of this machine that can be cut and mended. Its own port stays taken all the
 * time: who asks for one that nobody listens at may be given just that one to ask from, and then
 * has it.
 */
final class Wire implements AutoCloseable {

  private final int target;
  private final ServerSocket listening;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isCut;

  Wire(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Ends all connections, and each that comes. */
  void cut() throws IOException {
    isCut = true;
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  void mend() {
    isCut = false;
  }

  private void serve() {
    try {
      while (true) {
        Socket client = listening.accept();
        if (isCut) {
          // Without a word of farewell, as a port where nobody listens.
          client.setSoLinger(true, 0);
          client.close();
          continue;
        }
        var there = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(there);
        carry(client, there);
        carry(there, client);
      }
    } catch (IOException e) {
      // It is over.
    }
  }

  private static void carry(Socket from, Socket to) {
    Thread.ofVirtual()
        .start(() -> {
          try (from;
              to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
          } catch (IOException e) {
            // It was cut.
          }
        });
  }

  @Override
  public void close() throws IOException {
    cut();
    listening.close();
  }
}
