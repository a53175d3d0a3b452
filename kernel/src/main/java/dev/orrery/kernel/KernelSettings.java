package dev.orrery.kernel;

import java.time.Duration;
import java.util.Set;

/**
 * How kernels are started, watched and ended. Names and defaults are those of the traits of
 * jupyter_server's {@code MappingKernelManager} and jupyter_client's {@code KernelManager} and
 * {@code KernelRestarter}; the last group is ours. A duration of zero switches off what it limits
 * only where that is said.
 *
 * @param defaultKernelName the spec of a request that names none
 * @param kernelInfoTimeout how long a kernel may take until it answers
 * @param shutdownWaitTime from the shutdown request to SIGKILL; SIGTERM comes at half of it
 * @param autorestart whether a kernel that died is started again
 * @param timeToDead pause between two automatic restarts of a kernel that dies at once
 * @param stableStartTime how long a kernel must live to count as started
 * @param restartLimit automatic restarts in a row before the kernel is given up
 * @param randomPortsUntilAlive whether a kernel that never became stable is restarted on new ports
 * @param cullIdleTimeout idle kernels are shut down after this; zero: never
 * @param cullInterval pause between two looks for idle kernels
 * @param cullConnected whether kernels with connections are culled too
 * @param cullBusy whether busy kernels are culled too
 * @param bufferOfflineMessages whether messages are kept for a session that went away
 * @param untrackedMessageTypes message types that are no activity
 * @param transport TCP on {@code ip}, or unix-domain sockets in the runtime directory
 * @param ip the address a kernel binds, for TCP
 * @param maxKernels how many kernels may run at once
 * @param offlineBufferBytes most bytes kept for the absent sessions of one kernel
 * @param offlineBufferMessages most messages kept for the absent sessions of one kernel
 * @param offlineBufferTime how long they are kept
 * @param sendTimeout how long a sender waits for room in the queue to a kernel
 */
public record KernelSettings(
    String defaultKernelName,
    Duration kernelInfoTimeout,
    Duration shutdownWaitTime,
    boolean autorestart,
    Duration timeToDead,
    Duration stableStartTime,
    int restartLimit,
    boolean randomPortsUntilAlive,
    Duration cullIdleTimeout,
    Duration cullInterval,
    boolean cullConnected,
    boolean cullBusy,
    boolean bufferOfflineMessages,
    Set<String> untrackedMessageTypes,
    Transport transport,
    String ip,
    int maxKernels,
    long offlineBufferBytes,
    int offlineBufferMessages,
    Duration offlineBufferTime,
    Duration sendTimeout) {

  /** What carries the channels between us and a kernel. */
  public enum Transport {
    TCP("tcp"),
    IPC("ipc");

    private final String wireName;

    Transport(String wireName) {
      this.wireName = wireName;
    }

    /** The value in connection files. */
    public String wireName() {
      return wireName;
    }
  }

  private static final Set<String> UNTRACKED =
      Set.of(
          "comm_info_request",
          "comm_info_reply",
          "kernel_info_request",
          "kernel_info_reply",
          "shutdown_request",
          "shutdown_reply",
          "interrupt_request",
          "interrupt_reply",
          "debug_request",
          "debug_reply",
          "stream",
          "display_data",
          "update_display_data",
          "execute_input",
          "execute_result",
          "error",
          "status",
          "clear_output",
          "debug_event",
          "input_request",
          "input_reply");

  /** Copies the set; limits must be positive. */
  public KernelSettings {
    untrackedMessageTypes = Set.copyOf(untrackedMessageTypes);
    if (maxKernels < 1) {
      throw new IllegalArgumentException("maxKernels must be at least 1, not " + maxKernels);
    }
    if (cullInterval.isNegative() || cullInterval.isZero()) {
      cullInterval = Duration.ofMinutes(5);
    }
  }

  /** What holds when nothing is configured. */
  public static KernelSettings defaults() {
    return new KernelSettings(
        "python3",
        Duration.ofMinutes(1),
        Duration.ofSeconds(5),
        true,
        Duration.ofSeconds(3),
        Duration.ofSeconds(10),
        5,
        true,
        Duration.ZERO,
        Duration.ofMinutes(5),
        false,
        false,
        true,
        UNTRACKED,
        Transport.TCP,
        "127.0.0.1",
        256,
        32L << 20,
        50_000,
        Duration.ofDays(1),
        Duration.ofSeconds(30));
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withDefaultKernelName(String defaultKernelName) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withTimes(Duration kernelInfoTimeout, Duration shutdownWaitTime) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withAutorestart(boolean autorestart) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withRestarts(
      Duration timeToDead,
      Duration stableStartTime,
      int restartLimit,
      boolean randomPortsUntilAlive) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withCulling(
      Duration cullIdleTimeout, Duration cullInterval, boolean cullConnected, boolean cullBusy) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withTransport(Transport transport, String ip) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withMaxKernels(int maxKernels) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withUntrackedMessageTypes(Set<String> untrackedMessageTypes) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withOfflineBuffer(
      boolean bufferOfflineMessages,
      long offlineBufferBytes,
      int offlineBufferMessages,
      Duration offlineBufferTime) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }

  /** A copy with other values for what the parameters name. */
  public KernelSettings withSendTimeout(Duration sendTimeout) {
    return new KernelSettings(
        defaultKernelName,
        kernelInfoTimeout,
        shutdownWaitTime,
        autorestart,
        timeToDead,
        stableStartTime,
        restartLimit,
        randomPortsUntilAlive,
        cullIdleTimeout,
        cullInterval,
        cullConnected,
        cullBusy,
        bufferOfflineMessages,
        untrackedMessageTypes,
        transport,
        ip,
        maxKernels,
        offlineBufferBytes,
        offlineBufferMessages,
        offlineBufferTime,
        sendTimeout);
  }
}
