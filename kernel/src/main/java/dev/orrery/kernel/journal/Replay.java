package dev.orrery.kernel.journal;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.JsonFields;
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
  static final byte[] BUSY = "{\"execution_state\":\"busy\"}".getBytes(StandardCharsets.US_ASCII);
  static final byte[] IDLE = "{\"execution_state\":\"idle\"}".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] EMPTY = "{}".getBytes(StandardCharsets.US_ASCII);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** An answer of which only that it came is of interest. */
  static final Message NOTHING = new Message(Channel.SHELL, EMPTY, EMPTY, EMPTY, EMPTY, List.of());

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
                message("stream", StreamText.content(stream, text));
            case CellOutput.Data(String type, byte[] content) -> message(type, content);
          });
    }
    messages.add(mark("end", state));
    question.ifPresent(messages::add);
    return messages;
  }

  /** What a kernel says when a run is over, for a page that has not heard it. */
  List<Message> endings(List<CellOutput> outputs, Optional<Integer> count) {
    ObjectNode reply = JSON.createObjectNode().put("status", "ok");
    if (!outputs.isEmpty()
        && outputs.getLast() instanceof CellOutput.Data(String type, byte[] content)
        && type.equals("error")) {
      reply.put("status", "error");
      reply.put("ename", JsonFields.string(content, "ename"));
      reply.put("evalue", JsonFields.string(content, "evalue"));
      reply.putArray("traceback");
    } else {
      reply.putArray("payload");
      reply.putObject("user_expressions");
    }
    reply.put("execution_count", count.orElse(null));
    return List.of(
        message("status", IDLE),
        Message.create(
            Channel.SHELL, "execute_reply", session, parentHeader, JSON.writeValueAsBytes(reply)));
  }

  /** A line on stderr. */
  Message line(String text) {
    return message("stream", StreamText.content("stderr", text));
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
