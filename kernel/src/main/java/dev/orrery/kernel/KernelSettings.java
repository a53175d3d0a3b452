package dev.orrery.kernel;

import java.time.Duration;
import java.util.Set;

/**
 * How kernels are started, watched and ended, one record for each concern. Names and defaults are
 * those of the traits of jupyter_server's {@code MappingKernelManager} and jupyter_client's {@code
 * KernelManager} and {@code KernelRestarter}; those without a trait are ours.
 *
 * @param defaultKernelName the spec of a request that names none
 * @param maxKernels how many kernels may run at once
 * @param untrackedMessageTypes message types that are no activity
 */
public record KernelSettings(
    String defaultKernelName,
    int maxKernels,
    Set<String> untrackedMessageTypes,
    Waits waits,
    Restarts restarts,
    Culling culling,
    Binding binding,
    OfflineBuffering offlineBuffering) {

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

  /** Copies the set; there must be room for a kernel. */
  public KernelSettings {
    untrackedMessageTypes = Set.copyOf(untrackedMessageTypes);
    if (maxKernels < 1) {
      throw new IllegalArgumentException("maxKernels must be at least 1, not " + maxKernels);
    }
  }

  /** What holds when nothing is configured. */
  public static KernelSettings defaults() {
    return new KernelSettings(
        "python3",
        256,
        UNTRACKED,
        new Waits(Duration.ofMinutes(1), Duration.ofSeconds(5), Duration.ofSeconds(30)),
        new Restarts(true, Duration.ofSeconds(3), Duration.ofSeconds(10), 5, true),
        new Culling(Duration.ZERO, Duration.ofMinutes(5), false, false),
        new Binding(Transport.TCP, "127.0.0.1"),
        new OfflineBuffering(true, 32L << 20, 50_000, Duration.ofDays(1)));
  }

  /**
   * What a kernel is given time for.
   *
   * @param kernelInfo how long a kernel may take until it answers
   * @param shutdown from the shutdown request to SIGKILL; SIGTERM comes at half of it
   * @param send how long a sender waits for room in the queue to a kernel
   */
  public record Waits(Duration kernelInfo, Duration shutdown, Duration send) {}

  /**
   * What follows when a kernel died by itself.
   *
   * @param automatic whether it is started again
   * @param timeToDead pause between two automatic restarts of a kernel that dies at once
   * @param stableStartTime how long a kernel must live to count as started
   * @param limit automatic restarts in a row before the kernel is given up
   * @param randomPortsUntilAlive whether a kernel that never became stable is restarted on new
   *     ports
   */
  public record Restarts(
      boolean automatic,
      Duration timeToDead,
      Duration stableStartTime,
      int limit,
      boolean randomPortsUntilAlive) {}

  /**
   * When idle kernels are shut down.
   *
   * @param idleTimeout how long they may be idle; zero: for ever
   * @param interval pause between two looks; five minutes when it is not positive
   * @param connected whether kernels with connections are culled too
   * @param busy whether busy kernels are culled too
   */
  public record Culling(Duration idleTimeout, Duration interval, boolean connected, boolean busy) {

    public Culling {
      if (!interval.isPositive()) {
        interval = Duration.ofMinutes(5);
      }
    }
  }

  /**
   * Where kernels listen.
   *
   * @param transport TCP on {@code ip}, or unix-domain sockets in the runtime directory
   * @param ip the address a kernel binds, for TCP
   */
  public record Binding(Transport transport, String ip) {}

  /**
   * What is kept for sessions that went away.
   *
   * @param enabled whether anything is
   * @param bytes most bytes kept for the absent sessions of one kernel; zero: none
   * @param messages most messages kept for the absent sessions of one kernel
   * @param time how long they are kept
   */
  public record OfflineBuffering(boolean enabled, long bytes, int messages, Duration time) {}

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
}
