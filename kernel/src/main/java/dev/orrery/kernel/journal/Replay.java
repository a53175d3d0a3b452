package dev.orrery.kernel.journal;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes the messages that tell a page of a run it has not heard from the beginning. The marks at
 * both ends are of a type of our own, which pages that do not know it pass over.
 *
 * @param parentHeader the header of the request to run the cell
 * @param session of the page
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record Replay(byte[] parentHeader, String session) {

  private static final String MARK = "orrery_replay";
  private static final byte[] BUSY =
      "{\"execution_state\":\"busy\"}".getBytes(StandardCharsets.US_ASCII);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * How a run is.
   *
   * @param isOwn whether it is the page's now
   * @param isRunning whether the kernel is at it
   * @param count of the prompt, if known
   */
  record State(boolean isOwn, boolean isRunning, Optional<Integer> count) {}

  /** All of them; a question that is not answered yet comes last. */
  List<Message> of(List<CellOutput> outputs, State state, Optional<Message> question) {
    var messages = new ArrayList<Message>(outputs.size() + 4);
    messages.add(mark("begin", state));
    if (state.isRunning()) {
      // Otherwise the page learns only at the end that its kernel is busy.
      messages.add(message("status", BUSY));
    }
    for (CellOutput output : outputs) {
      messages.add(
          switch (output) {
            case CellOutput.Text(String stream, String text) ->
                message(
                    "stream",
                    JSON.writeValueAsBytes(
                        JSON.createObjectNode().put("name", stream).put("text", text)));
            case CellOutput.Data(String type, byte[] content) -> message(type, content);
          });
    }
    messages.add(mark("end", state));
    question.ifPresent(messages::add);
    return messages;
  }

  private Message mark(String phase, State state) {
    ObjectNode content = JSON.createObjectNode().put("phase", phase);
    content.put("own", state.isOwn()).put("running", state.isRunning());
    content.put("execution_count", state.count().orElse(null));
    return message(MARK, JSON.writeValueAsBytes(content));
  }

  private Message message(String type, byte[] content) {
    return Message.create(Channel.IOPUB, type, session, parentHeader, content);
  }
}
