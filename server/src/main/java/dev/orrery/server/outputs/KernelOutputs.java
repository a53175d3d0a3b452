package dev.orrery.server.outputs;

import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.journal.CellExecution;
import dev.orrery.server.contents.LiveOutputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The outputs that the kernels know of. They stay in the kernel until a page saves a notebook that
 * has them, or that a page which has seen them has made without them.
 */
public final class KernelOutputs implements LiveOutputs {

  /** A page that is there and has been handed an output has it after this, unless it is gone. */
  private static final Duration SEEN_AFTER = Duration.ofSeconds(10);

  private final Function<String, Optional<Kernel>> kernelOf;
  private final NotebookOutputs format;

  /**
   * Asks kernels.
   *
   * @param kernelOf the kernel of a notebook, by its path
   * @param traceback what stands in the place of tracebacks where these may not be shown
   */
  public KernelOutputs(Function<String, Optional<Kernel>> kernelOf, Optional<String> traceback) {
    this.kernelOf = kernelOf;
    this.format = new NotebookOutputs(traceback);
  }

  @Override
  public void merge(String path, ObjectNode notebook) {
    kernelOf.apply(path).ifPresent(kernel -> merge(kernel, notebook));
  }

  private void merge(Kernel kernel, ObjectNode notebook) {
    for (CellExecution execution : kernel.executions()) {
      CodeCells.find(notebook, execution)
          .ifPresent(cell -> {
            write(execution, format.of(execution.outputs()), cell);
            if (!execution.isRunning()) {
              kernel.executionRead(execution.msgId());
            }
          });
    }
  }

  @Override
  public List<Runnable> saving(String path, ObjectNode notebook) {
    var done = new ArrayList<Runnable>();
    kernelOf
        .apply(path)
        .ifPresent(kernel -> {
          for (CellExecution execution : kernel.executions()) {
            if (!execution.isRunning() && isKnown(execution, notebook)) {
              done.add(() -> kernel.forgetExecution(execution.msgId()));
            }
          }
        });
    return done;
  }

  @Override
  public void replaced(String path) {
    kernelOf
        .apply(path)
        .ifPresent(kernel ->
            kernel.executions().forEach(execution -> kernel.forgetExecution(execution.msgId())));
  }

  /**
   * Puts what a kernel that ends knows, and no page has, into the file of a notebook: where the
   * cell still is what was run. A page that is there saves by itself.
   *
   * @param notebook as a page gets it
   * @return whether that has changed something
   */
  public boolean keep(Kernel kernel, ObjectNode notebook) {
    boolean changed = false;
    for (CellExecution execution : kernel.executions()) {
      Optional<ObjectNode> cell =
          CodeCells.find(notebook, execution)
              .filter(_ -> !execution.isShown())
              .filter(found -> found.path("source").asString("").equals(execution.code()));
      if (cell.isPresent()) {
        ArrayNode outputs = format.of(execution.outputs());
        if (!cell.get().path("outputs").equals(outputs)) {
          write(execution, outputs, cell.get());
          changed = true;
        }
      }
    }
    return changed;
  }

  private static void write(CellExecution execution, ArrayNode outputs, ObjectNode cell) {
    cell.set("outputs", outputs);
    cell.put("execution_count", execution.count().orElse(null));
    if (cell.path("metadata") instanceof ObjectNode metadata) {
      // Its user has just run it, which is what trust means.
      metadata.put("trusted", true);
    }
  }

  /** Whether who saves has all of it, and has kept it, or has had it and did not want it. */
  private boolean isKnown(CellExecution execution, ObjectNode notebook) {
    boolean isSeen = execution.isShown() && execution.quiet().compareTo(SEEN_AFTER) > 0;
    return isSeen
        || execution.isRead()
        || CodeCells.find(notebook, execution)
            .filter(cell -> cell.path("outputs").equals(format.of(execution.outputs())))
            .isPresent();
  }
}
