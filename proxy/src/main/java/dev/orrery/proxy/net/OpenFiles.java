package dev.orrery.proxy.net;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files and sockets this process may have open. */
public final class OpenFiles {

  /** Libraries, logs, listening sockets, routes' API. */
  private static final int OTHERS = 256;

  private static final int LEAST = 64;
  private static final int MOST = 1_000_000;

  private OpenFiles() {}

  /** Connections of clients, each of which may need one to a backend; 0 where no limit is known. */
  public static int connections() {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
      return 0;
    }
    long limit = unix.getMaxFileDescriptorCount();
    return limit <= 0 ? 0 : Math.clamp((limit - OTHERS) / 2, LEAST, MOST);
  }
}
