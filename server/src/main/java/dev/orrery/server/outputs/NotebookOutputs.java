package dev.orrery.server.outputs;

import dev.orrery.http.Json;
import dev.orrery.kernel.journal.CellOutput;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes outputs as notebooks have them.
 *
 * @param traceback what stands in the place of tracebacks where these may not be shown
 */
record NotebookOutputs(Optional<String> traceback) {

  /** In the notebook format, lines joined. */
  ArrayNode of(List<CellOutput> outputs) {
    ArrayNode list = Json.array();
    for (CellOutput output : outputs) {
      switch (output) {
        case CellOutput.Text(String stream, String text) ->
            list.add(
                Json.object().put("output_type", "stream").put("name", stream).put("text", text));
        case CellOutput.Data(String type, byte[] content) ->
            data(type, content).ifPresent(list::add);
      }
    }
    return list;
  }

  private Optional<ObjectNode> data(String type, byte[] content) {
    try {
      if (!(Json.parse(content) instanceof ObjectNode output)) {
        return Optional.empty();
      }
      output.remove("transient");
      output.put("output_type", type);
      if (type.equals("error")) {
        traceback.ifPresent(words -> output.putArray("traceback").add(words));
      } else if (!output.has("metadata")) {
        output.putObject("metadata");
      }
      return Optional.of(output);
    } catch (JacksonException e) {
      // What is no JSON can't be shown, as in a page.
      return Optional.empty();
    }
  }
}
