package dev.orrery.kernel.journal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The last run of a cell, as it was at one moment.
 *
 * @param msgId of the request to run it
 * @param session the page that ran it, or that has taken it over
 * @param cellId the cell's id in its notebook
 * @param code what was run
 * @param count the number of the prompt, once the kernel has told it
 * @param isRunning whether the kernel may still be at it
 * @param isShown whether the page that ran it was handed all of it, and is there
 * @param isRead whether somebody has read all of it in its notebook, once it was over
 * @param quiet how long nothing has come of it
 * @param outputs what it has put out
 */
public record CellExecution(
    String msgId,
    String session,
    String cellId,
    String code,
    Optional<Integer> count,
    boolean isRunning,
    boolean isShown,
    boolean isRead,
    Duration quiet,
    List<CellOutput> outputs) {

  /** Copies the list. */
  public CellExecution {
    outputs = List.copyOf(outputs);
  }
}
