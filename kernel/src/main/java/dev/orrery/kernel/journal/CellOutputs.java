package dev.orrery.kernel.journal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.orrery.kernel.message.JsonFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The outputs of one run of a cell, made of messages as JupyterLab's output area makes them: text
 * of one stream is joined, displays are replaced, and cleared outputs are gone. Not thread-safe.
 */
final class CellOutputs {

  /** What an entry takes beside its text. */
  private static final long OVERHEAD = 200;

  private sealed interface Output {}

  private record Stream(String name, StreamText text) implements Output {}

  private record Data(CellOutput.Data data) implements Output {}

  private final List<Output> outputs = new ArrayList<>();

  /** Where the outputs are that may be replaced, by the id for that. */
  private final Map<String, List<Integer>> displays = new HashMap<>();

  private boolean clearsNext;
  private long bytes;
  private long droppedMessages;
  private long droppedBytes;

  /** Whether an output fits into {@code room} bytes. */
  static boolean fits(byte[] content, long room) {
    return content.length + OVERHEAD <= room;
  }

  long bytes() {
    return bytes;
  }

  /** Takes an output. */
  void add(String type, byte[] content) {
    if (clearsNext) {
      clear();
    }
    if (type.equals("stream")) {
      write(content);
      return;
    }
    String display =
        type.equals("display_data") ? JsonFields.string(content, "transient", "display_id") : "";
    if (!display.isEmpty()) {
      displays.computeIfAbsent(display, _ -> new ArrayList<>()).add(outputs.size());
    }
    outputs.add(new Data(new CellOutput.Data(type, content)));
    bytes += content.length + OVERHEAD;
  }

  /** Counts what was too much. */
  void drop(long messages, long dropped) {
    droppedMessages += messages;
    droppedBytes += dropped;
  }

  private void write(byte[] content) {
    String name = JsonFields.string(content, "name");
    Stream stream;
    if (!outputs.isEmpty()
        && outputs.getLast() instanceof Stream last
        && last.name().equals(name)) {
      stream = last;
    } else {
      stream = new Stream(name, new StreamText());
      outputs.add(stream);
      bytes += OVERHEAD;
    }
    bytes -= stream.text().length();
    stream.text().write(JsonFields.string(content, "text"));
    bytes += stream.text().length();
  }

  /** Replaces what is displayed under an id; an id that is not displayed here changes nothing. */
  void update(String displayId, byte[] content, long room) {
    for (int at : displays.getOrDefault(displayId, List.of())) {
      if (outputs.get(at) instanceof Data(CellOutput.Data before)
          && content.length - before.content().length <= room) {
        bytes += content.length - before.content().length;
        outputs.set(at, new Data(new CellOutput.Data("display_data", content)));
      }
    }
  }

  /** Takes all outputs away, now or when the next one comes. */
  void clear(boolean wait) {
    if (wait) {
      clearsNext = true;
    } else {
      clear();
    }
  }

  private void clear() {
    outputs.clear();
    displays.clear();
    bytes = 0;
    droppedMessages = 0;
    droppedBytes = 0;
    clearsNext = false;
  }

  /** What makes the same outputs when it happens to a new run. */
  List<JournalEvent> events(String msgId) {
    var events = new ArrayList<JournalEvent>();
    for (Output output : outputs) {
      switch (output) {
        case Stream(String name, StreamText text) ->
            events.add(
                new JournalEvent.Said(msgId, "stream", StreamText.content(name, text.written())));
        case Data(CellOutput.Data data) ->
            events.add(new JournalEvent.Said(msgId, data.type(), data.content()));
      }
    }
    if (clearsNext) {
      events.add(
          new JournalEvent.Said(msgId, "clear_output", "{\"wait\":true}".getBytes(US_ASCII)));
    }
    if (droppedMessages > 0) {
      events.add(new JournalEvent.Dropped(msgId, droppedMessages, droppedBytes));
    }
    return events;
  }

  /** The outputs as they are now; what was dropped is told at the end. */
  List<CellOutput> now() {
    var list = new ArrayList<CellOutput>(outputs.size() + 1);
    for (Output output : outputs) {
      list.add(
          switch (output) {
            case Stream(String name, StreamText text) -> new CellOutput.Text(name, text.toString());
            case Data(CellOutput.Data data) -> data;
          });
    }
    if (droppedMessages > 0) {
      list.add(
          new CellOutput.Text(
              "stderr",
              "[%d messages (%d kB) were dropped here: the server keeps no more of what runs]\n"
                  .formatted(droppedMessages, Math.max(1, droppedBytes / 1000))));
    }
    return list;
  }
}
