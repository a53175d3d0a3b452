package dev.orrery.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Notebook files for tests. */
final class Notebooks {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Notebooks() {}

  /** Writes a notebook for the kernel {@code python3} with code cells. */
  static void write(Path file, String... codeCells) {
    ObjectNode notebook = JSON.createObjectNode();
    notebook.put("nbformat", 4).put("nbformat_minor", 5);
    ObjectNode metadata = notebook.putObject("metadata");
    metadata
        .putObject("kernelspec")
        .put("name", "python3")
        .put("display_name", "Python 3 (ipykernel)")
        .put("language", "python");
    metadata.putObject("language_info").put("name", "python");
    ArrayNode cells = notebook.putArray("cells");
    for (int i = 0; i < codeCells.length; i++) {
      ObjectNode cell = cells.addObject();
      cell.put("id", "cell-" + i).put("cell_type", "code").put("source", codeCells[i]);
      cell.putNull("execution_count").putArray("outputs");
      cell.putObject("metadata");
    }
    try {
      Files.write(file, JSON.writeValueAsBytes(notebook));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
