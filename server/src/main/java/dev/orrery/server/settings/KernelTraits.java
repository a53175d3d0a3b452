package dev.orrery.server.settings;

import dev.orrery.config.Trait;
import java.util.List;
import java.util.Optional;

/** The settings of kernels, their WebSockets and terminals, with upstream's names and defaults. */
final class KernelTraits {

  static final Trait<String> DEFAULT_KERNEL_NAME =
      Trait.string(
          "MultiKernelManager.default_kernel_name",
          "python3",
          "The kernelspec used where none is named.");
  static final Trait<Double> KERNEL_INFO_TIMEOUT =
      seconds(
          "MappingKernelManager.kernel_info_timeout",
          60,
          "How long a kernel's first answer is waited for, in seconds.");
  static final Trait<Integer> CULL_IDLE_TIMEOUT =
      Trait.integer(
              "MappingKernelManager.cull_idle_timeout",
              0,
              "Kernels idle for so many seconds are ended; 0 for never.")
          .check(ServerTraits.between(0, Integer.MAX_VALUE));
  static final Trait<Integer> CULL_INTERVAL =
      Trait.integer(
              "MappingKernelManager.cull_interval",
              300,
              "How often idle kernels are looked for, in seconds.")
          .check(ServerTraits.between(1, Integer.MAX_VALUE));
  static final Trait<Boolean> CULL_CONNECTED =
      Trait.bool(
          "MappingKernelManager.cull_connected",
          false,
          "End idle kernels that a page is connected to as well.");
  static final Trait<Boolean> CULL_BUSY =
      Trait.bool(
          "MappingKernelManager.cull_busy", false, "End busy kernels without output as well.");
  static final Trait<Boolean> BUFFER_OFFLINE_MESSAGES =
      Trait.bool(
          "MappingKernelManager.buffer_offline_messages",
          true,
          "Keep messages while a page is away.");
  static final Trait<List<String>> ALLOWED_MESSAGE_TYPES =
      Trait.strings(
          "MappingKernelManager.allowed_message_types",
          List.of(),
          "What pages may send to kernels; empty for everything.");
  static final Trait<Boolean> ALLOW_TRACEBACKS =
      Trait.bool(
          "MappingKernelManager.allow_tracebacks", true, "Show errors with their traceback.");
  static final Trait<String> TRACEBACK_REPLACEMENT =
      Trait.string(
          "MappingKernelManager.traceback_replacement_message",
          "An exception occurred at runtime, which is not shown due to security reasons.",
          "What is shown instead of a traceback.");
  static final Trait<Double> SHUTDOWN_WAIT_TIME =
      seconds(
          "KernelManager.shutdown_wait_time", 5, "How long a kernel may take to end, in seconds.");
  static final Trait<Boolean> AUTORESTART =
      Trait.bool("KernelManager.autorestart", true, "Start kernels again that died.");
  static final Trait<String> TRANSPORT =
      Trait.choice(
          "KernelManager.transport", List.of("tcp", "ipc"), "tcp", "How kernels are talked to.");
  static final Trait<String> KERNEL_IP =
      Trait.string("KernelManager.ip", "127.0.0.1", "The address kernels listen on.")
          .computed("127.0.0.1");
  static final Trait<Double> TIME_TO_DEAD =
      seconds("KernelRestarter.time_to_dead", 3, "How often kernels are looked after, in seconds.");
  static final Trait<Double> STABLE_START_TIME =
      seconds(
          "KernelRestarter.stable_start_time", 10, "After so many seconds a start counts as good.");
  static final Trait<Integer> RESTART_LIMIT =
      Trait.integer(
              "KernelRestarter.restart_limit",
              5,
              "How often a kernel that dies at once is started again.")
          .check(ServerTraits.between(0, 1_000));
  static final Trait<Boolean> RANDOM_PORTS_UNTIL_ALIVE =
      Trait.bool(
          "KernelRestarter.random_ports_until_alive",
          true,
          "Take new ports for a kernel that never came up.");
  static final Trait<List<String>> ALLOWED_KERNELSPECS =
      Trait.strings(
          "KernelSpecManager.allowed_kernelspecs",
          List.of(),
          "The kernelspecs that are shown; empty for all.");
  static final Trait<List<String>> KERNEL_DIRS =
      Trait.strings(
              "KernelSpecManager.kernel_dirs",
              List.of(),
              "Folders of kernelspecs, instead of the usual ones.")
          .computed("the usual folders");
  static final Trait<Boolean> ENSURE_NATIVE_KERNEL =
      Trait.bool(
          "KernelSpecManager.ensure_native_kernel",
          true,
          "Make a Python kernel when there is none.");

  static final Trait<Boolean> LIMIT_RATE =
      Trait.bool(
          "ZMQChannelsWebsocketConnection.limit_rate",
          true,
          "Gather output that comes faster than the limits.");
  static final Trait<Double> IOPUB_MSG_RATE_LIMIT =
      seconds(
          "ZMQChannelsWebsocketConnection.iopub_msg_rate_limit",
          1_000,
          "Messages per second before output is gathered.");
  static final Trait<Double> IOPUB_DATA_RATE_LIMIT =
      seconds(
          "ZMQChannelsWebsocketConnection.iopub_data_rate_limit",
          1_000_000,
          "Bytes per second before output is gathered.");
  static final Trait<Double> RATE_LIMIT_WINDOW =
      seconds(
          "ZMQChannelsWebsocketConnection.rate_limit_window",
          3,
          "The seconds over which rates are measured.");
  static final Trait<Optional<String>> KERNEL_WS_PROTOCOL =
      Trait.string(
              "ZMQChannelsWebsocketConnection.kernel_ws_protocol",
              "",
              "'' speaks the older framing with all pages.")
          .orNone();

  static final Trait<Integer> TERMINAL_CULL_TIMEOUT =
      Trait.integer(
              "TerminalManager.cull_inactive_timeout",
              0,
              "Terminals quiet for so many seconds are ended; 0 for never.")
          .check(ServerTraits.between(0, Integer.MAX_VALUE));
  static final Trait<Integer> TERMINAL_CULL_INTERVAL =
      Trait.integer(
              "TerminalManager.cull_interval",
              300,
              "How often quiet terminals are looked for, in seconds.")
          .check(ServerTraits.between(1, Integer.MAX_VALUE));

  /** Names from before classes of their own. */
  static final List<Trait<?>> OLDER_NAMES =
      List.of(
          Trait.bool("ServerApp.limit_rate", true, "The older name.")
              .deprecatedFor("ZMQChannelsWebsocketConnection.limit_rate"),
          seconds("ServerApp.iopub_msg_rate_limit", 1_000, "The older name.")
              .deprecatedFor("ZMQChannelsWebsocketConnection.iopub_msg_rate_limit"),
          seconds("ServerApp.iopub_data_rate_limit", 1_000_000, "The older name.")
              .deprecatedFor("ZMQChannelsWebsocketConnection.iopub_data_rate_limit"),
          seconds("ServerApp.rate_limit_window", 3, "The older name.")
              .deprecatedFor("ZMQChannelsWebsocketConnection.rate_limit_window"));

  static final List<Trait<?>> NOT_YET =
      List.of(
          Trait.bool(
                  "AsyncMultiKernelManager.use_pending_kernels",
                  false,
                  "Answer before a kernel is started.")
              .unsupported("the answer comes when the kernel's process runs"),
          Trait.choice(
                  "MappingKernelManager.transport_encryption",
                  List.of("disabled", "auto", "required"),
                  "disabled",
                  "Encrypt what goes to kernels.")
              .unsupportedStops("kernels are talked to unencrypted, on this machine only"));

  private KernelTraits() {}

  private static Trait<Double> seconds(String name, double value, String help) {
    return Trait.number(name, value, help)
        .check(given -> given >= 0 ? Optional.empty() : Optional.of("it can't be negative"));
  }
}
