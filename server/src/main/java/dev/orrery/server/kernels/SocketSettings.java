package dev.orrery.server.kernels;

import java.time.Duration;
import java.util.Set;

/**
 * How a kernel's messages reach a page.
 *
 * @param offersV1 whether the binary framing is spoken with clients that offer it
 * @param limitRate whether streams are paced
 * @param messagesPerSecond iopub messages after which streams are gathered into fewer, larger ones
 * @param bytesPerSecond stream bytes after which streams are gathered
 * @param window over which both are measured
 * @param allowedMessageTypes what a page may send; empty for everything
 * @param allowTracebacks whether errors are shown with their traceback
 * @param tracebackReplacement what is shown instead
 */
public record SocketSettings(
    boolean offersV1,
    boolean limitRate,
    double messagesPerSecond,
    double bytesPerSecond,
    Duration window,
    Set<String> allowedMessageTypes,
    boolean allowTracebacks,
    String tracebackReplacement) {

  public SocketSettings {
    allowedMessageTypes = Set.copyOf(allowedMessageTypes);
  }
}
