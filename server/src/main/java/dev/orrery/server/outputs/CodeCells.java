package dev.orrery.server.outputs;

import dev.orrery.kernel.journal.CellExecution;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds the cell of a notebook that was run. */
final class CodeCells {

  private CodeCells() {}

  /**
   * The cell with the id that was run. In notebooks of a version without ids pages make them up:
   * there it is the one cell that has the code which was run, if there is but one.
   */
  static Optional<ObjectNode> find(ObjectNode notebook, CellExecution execution) {
    ObjectNode alike = null;
    boolean isAlone = true;
    for (JsonNode node : notebook.path("cells")) {
      if (!(node instanceof ObjectNode cell)
          || !cell.path("cell_type").asString("").equals("code")) {
        continue;
      }
      if (cell.has("id")) {
        if (cell.path("id").asString("").equals(execution.cellId())) {
          return Optional.of(cell);
        }
      } else if (cell.path("source").asString("").equals(execution.code())) {
        isAlone = alike == null;
        alike = cell;
      }
    }
    return isAlone ? Optional.ofNullable(alike) : Optional.empty();
  }
}
