package dev.orrery.kernel;

import dev.orrery.kernel.KernelSettings.Transport;
import dev.orrery.kernel.message.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Chooses the ports of kernels. A kernel binds them itself, after we let go of them, so one is
 * never handed out a second time while a kernel has it (jupyter_client#487). Thread-safe.
 */
final class Ports {

  private static final int PER_KERNEL = 5;
  private static final int ATTEMPTS = 100;
  private static final String SCHEME = "hmac-sha256";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Set<Integer> taken = new HashSet<>();

  /** A new set of free ports and a new key. */
  ConnectionInfo choose(Transport transport, String ipOrPrefix) throws IOException {
    byte[] key = new byte[32];
    RANDOM.nextBytes(key);
    List<Integer> ports =
        switch (transport) {
          case TCP -> freeTcpPorts(ipOrPrefix);
          case IPC -> List.of(1, 2, 3, 4, 5);
        };
    Map<Channel, Integer> byChannel = new EnumMap<>(Channel.class);
    byChannel.put(Channel.SHELL, ports.get(0));
    byChannel.put(Channel.IOPUB, ports.get(1));
    byChannel.put(Channel.STDIN, ports.get(2));
    byChannel.put(Channel.CONTROL, ports.get(3));
    return new ConnectionInfo(
        transport, ipOrPrefix, byChannel, ports.get(4), HexFormat.of().formatHex(key), SCHEME);
  }

  /** A kernel has these already. */
  void take(ConnectionInfo info) {
    if (info.transport() == Transport.TCP) {
      synchronized (taken) {
        taken.addAll(info.ports().values());
        taken.add(info.heartbeatPort());
      }
    }
  }

  /** Ports of a kernel that is gone may be used again. */
  void release(ConnectionInfo info) {
    if (info.transport() == Transport.TCP) {
      synchronized (taken) {
        taken.removeAll(info.ports().values());
        taken.remove(info.heartbeatPort());
      }
    }
  }

  private List<Integer> freeTcpPorts(String ip) throws IOException {
    InetAddress address = InetAddress.getByName(ip);
    var held = new ArrayList<ServerSocket>();
    synchronized (taken) {
      try {
        var ports = new ArrayList<Integer>();
        for (int i = 0; i < ATTEMPTS && ports.size() < PER_KERNEL; i++) {
          // Not closed yet, so that the system gives another one next.
          var socket = new ServerSocket();
          held.add(socket);
          socket.bind(new InetSocketAddress(address, 0), 1);
          if (taken.add(socket.getLocalPort())) {
            ports.add(socket.getLocalPort());
          }
        }
        if (ports.size() < PER_KERNEL) {
          taken.removeAll(ports);
          throw new IOException("No free ports were found on " + ip + ".");
        }
        return ports;
      } finally {
        for (ServerSocket socket : held) {
          socket.close();
        }
      }
    }
  }
}
