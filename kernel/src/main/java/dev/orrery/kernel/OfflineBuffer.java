package dev.orrery.kernel;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.JsonFields;
import dev.orrery.kernel.message.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps what a kernel says to a session that is away, in order. Text of one stream is joined. Where
 * the bound drops output, a line on stderr takes its place; what a page needs to know that a cell
 * has ended has a reserve of its own. Not thread-safe.
 */
final class OfflineBuffer {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** An eighth is kept free for messages that are not output. */
  private static final int RESERVE = 8;

  private static final long OVERHEAD = 200;
  private static final int MAX_NOTICES = 1_000;

  private static final Set<String> OUTPUT =
      Set.of(
          "stream",
          "display_data",
          "update_display_data",
          "execute_result",
          "clear_output",
          "comm_msg",
          "debug_event");

  private sealed interface Entry {}

  private record Kept(Message message) implements Entry {}

  private record Text(Message first, String name, String parentId, StringBuilder text)
      implements Entry {}

  private static final class Dropped implements Entry {
    private final Message first;
    private long messages;
    private long bytes;

    Dropped(Message first) {
      this.first = first;
    }
  }

  private final String session;
  private final Instant since;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Dropped> droppedByParent = new HashMap<>();
  private long bytes;

  OfflineBuffer(String session, Instant since) {
    this.session = session;
    this.since = since;
  }

  Instant since() {
    return since;
  }

  long bytes() {
    return bytes;
  }

  int size() {
    return entries.size();
  }

  /**
   * Keeps a message, or counts it as dropped.
   *
   * @param maxBytes what this buffer may hold
   * @param maxMessages what this buffer may hold
   */
  void add(Message message, Header header, Header parent, long maxBytes, int maxMessages) {
    boolean output = OUTPUT.contains(header.msgType());
    long size = message.size() + OVERHEAD;
    long byteLimit = output ? maxBytes - maxBytes / RESERVE : maxBytes;
    int messageLimit = output ? maxMessages - maxMessages / RESERVE : maxMessages;
    boolean stream = header.msgType().equals("stream") && message.buffers().isEmpty();
    Map<String, String> fields =
        stream ? JsonFields.onlyStrings(message.content()).orElse(Map.of()) : Map.of();
    String name = fields.get("name");
    String text = fields.size() == 2 ? fields.get("text") : null;
    boolean fits = bytes + size <= byteLimit;
    if (name != null && text != null && fits && joined(name, text, parent)) {
      return;
    }
    if (!fits || entries.size() >= messageLimit) {
      drop(message, parent);
      return;
    }
    bytes += size;
    entries.add(
        name == null || text == null
            ? new Kept(message)
            : new Text(message, name, parent.msgId(), new StringBuilder(text)));
  }

  /** What to replay, in order. The buffer is of no use afterwards. */
  List<Message> replay() {
    var messages = new ArrayList<Message>(entries.size());
    for (Entry entry : entries) {
      messages.add(
          switch (entry) {
            case Kept(Message message) -> message;
            case Text(Message first, String name, String _, StringBuilder text) ->
                new Message(
                    first.channel(),
                    first.header(),
                    first.parentHeader(),
                    first.metadata(),
                    stream(name, text.toString()),
                    List.of());
            case Dropped dropped -> notice(dropped);
          });
    }
    return messages;
  }

  private boolean joined(String name, String text, Header parent) {
    if (!entries.isEmpty()
        && entries.getLast() instanceof Text last
        && last.name().equals(name)
        && last.parentId().equals(parent.msgId())) {
      last.text().append(text);
      bytes += 2L * text.length();
      return true;
    }
    return false;
  }

  private void drop(Message message, Header parent) {
    @Nullable Dropped dropped = droppedByParent.get(parent.msgId());
    if (dropped == null) {
      if (droppedByParent.size() >= MAX_NOTICES) {
        return;
      }
      dropped = new Dropped(message);
      droppedByParent.put(parent.msgId(), dropped);
      entries.add(dropped);
    }
    dropped.messages++;
    dropped.bytes += message.size();
  }

  private Message notice(Dropped dropped) {
    String text =
        "[%d messages (%d kB) were dropped here: no page was connected and the buffer was full]\n"
            .formatted(dropped.messages, Math.max(1, dropped.bytes / 1000));
    return Message.create(
        Channel.IOPUB, "stream", session, dropped.first.parentHeader(), stream("stderr", text));
  }

  private static byte[] stream(String name, String text) {
    return JSON.writeValueAsBytes(JSON.createObjectNode().put("name", name).put("text", text));
  }
}
