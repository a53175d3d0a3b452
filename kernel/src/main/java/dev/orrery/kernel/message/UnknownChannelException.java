package dev.orrery.kernel.message;

import java.io.Serial;

/**
 * A whole message for a channel that kernels do not have. Unlike other malformed input it says
 * nothing about what follows: jupyter_server drops such a message and reads on.
 */
public final class UnknownChannelException extends MalformedMessageException {

  @Serial private static final long serialVersionUID = 1L;

  UnknownChannelException(String name) {
    super(
        "There is no kernel channel '"
            + (name.length() > 40 ? name.substring(0, 40) + "…" : name)
            + "'; the channels are shell, control, stdin and iopub.");
  }
}
