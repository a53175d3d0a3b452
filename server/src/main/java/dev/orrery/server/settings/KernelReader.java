package dev.orrery.server.settings;

import dev.orrery.kernel.KernelSettings;
import dev.orrery.server.kernels.SocketSettings;
import java.util.Optional;
import java.util.Set;

/** Reads how kernels live and how their messages reach a page. */
final class KernelReader {

  private KernelReader() {}

  static KernelSettings kernels(Given given) {
    KernelSettings defaults = KernelSettings.defaults();
    return new KernelSettings(
        given.get(KernelTraits.DEFAULT_KERNEL_NAME),
        defaults.maxKernels(),
        defaults.untrackedMessageTypes(),
        new KernelSettings.Waits(
            given.seconds(KernelTraits.KERNEL_INFO_TIMEOUT),
            given.seconds(KernelTraits.SHUTDOWN_WAIT_TIME),
            defaults.waits().send()),
        new KernelSettings.Restarts(
            given.get(KernelTraits.AUTORESTART),
            given.seconds(KernelTraits.TIME_TO_DEAD),
            given.seconds(KernelTraits.STABLE_START_TIME),
            given.get(KernelTraits.RESTART_LIMIT),
            given.get(KernelTraits.RANDOM_PORTS_UNTIL_ALIVE)),
        new KernelSettings.Culling(
            given.wholeSeconds(KernelTraits.CULL_IDLE_TIMEOUT),
            given.wholeSeconds(KernelTraits.CULL_INTERVAL),
            given.get(KernelTraits.CULL_CONNECTED),
            given.get(KernelTraits.CULL_BUSY)),
        new KernelSettings.Binding(
            given.get(KernelTraits.TRANSPORT).equals("ipc")
                ? KernelSettings.Transport.IPC
                : KernelSettings.Transport.TCP,
            given.get(KernelTraits.KERNEL_IP)),
        new KernelSettings.OfflineBuffering(
            given.get(KernelTraits.BUFFER_OFFLINE_MESSAGES),
            defaults.offlineBuffering().bytes(),
            defaults.offlineBuffering().messages(),
            defaults.offlineBuffering().time()));
  }

  static SocketSettings sockets(Given given) {
    Optional<String> protocol = given.get(KernelTraits.KERNEL_WS_PROTOCOL);
    return new SocketSettings(
        protocol.isEmpty() || !protocol.get().isEmpty(),
        given.get(KernelTraits.LIMIT_RATE),
        given.get(KernelTraits.IOPUB_MSG_RATE_LIMIT),
        given.get(KernelTraits.IOPUB_DATA_RATE_LIMIT),
        given.seconds(KernelTraits.RATE_LIMIT_WINDOW),
        Set.copyOf(given.get(KernelTraits.ALLOWED_MESSAGE_TYPES)),
        given.get(KernelTraits.ALLOW_TRACEBACKS),
        given.get(KernelTraits.TRACEBACK_REPLACEMENT));
  }
}
