package dev.orrery.kernel.journal;

import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.JsonFields;
import dev.orrery.kernel.message.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the cells of one kernel have put out, each since it was last run, whether a page is there or
 * not. A cell is known by the id that JupyterLab puts into the metadata of the request to run it;
 * what is run without one belongs to no notebook and is not kept. Not thread-safe.
 */
public final class Journal {

  private static final int MAX_CELLS = 10_000;

  private final long maxBytes;
  private final Map<String, Entry> byRequest = new LinkedHashMap<>();
  private final Map<String, String> requestByCell = new LinkedHashMap<>();
  private long bytes;

  /** Keeps outputs of at most about {@code maxBytes} in memory. */
  public Journal(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  private static final class Entry {
    private final String msgId;
    private final byte[] header;
    private final String cellId;
    private final String code;
    private final CellOutputs outputs = new CellOutputs();
    private String session;
    private @Nullable Integer count;
    private @Nullable Message question;
    private boolean running = true;
    private long lastHeard = System.nanoTime();

    /** Whether something of it did not reach the page that ran it. */
    private boolean missed;

    /** Whether somebody has read all of it in its notebook. */
    private boolean read;

    Entry(String msgId, byte[] header, String cellId, String code, String session) {
      this.msgId = msgId;
      this.header = header;
      this.cellId = cellId;
      this.code = code;
      this.session = session;
    }
  }

  /**
   * A page asks the kernel for something. When it is to run a cell, what that cell put out before
   * is forgotten, as the page does.
   *
   * @param session the page
   */
  public void asked(Message request, Header header, String session) {
    if (!header.msgType().equals("execute_request")) {
      return;
    }
    String cellId = JsonFields.string(request.metadata(), "cellId");
    if (cellId.isEmpty() || header.msgId().isEmpty()) {
      return;
    }
    Optional.ofNullable(requestByCell.get(cellId)).ifPresent(this::forget);
    if (byRequest.size() >= MAX_CELLS) {
      forget(byRequest.keySet().iterator().next());
    }
    byRequest.put(
        header.msgId(),
        new Entry(
            header.msgId(),
            request.header(),
            cellId,
            JsonFields.string(request.content(), "code"),
            session));
    requestByCell.put(cellId, header.msgId());
  }

  /**
   * The kernel publishes something.
   *
   * @param isThere whether a page hears it
   */
  public void published(Message message, Header header, Header parent, Predicate<String> isThere) {
    Entry entry = byRequest.get(parent.msgId());
    if (entry == null) {
      return;
    }
    entry.lastHeard = System.nanoTime();
    String type = header.msgType();
    switch (type) {
      case "stream", "display_data", "execute_result", "error" -> {
        long room = room(entry, isThere);
        change(entry, outputs -> outputs.add(type, message, room));
      }
      case "update_display_data" -> update(message);
      case "clear_output" -> {
        boolean wait = JsonFields.isTrue(message.content(), "wait");
        change(entry, outputs -> outputs.clear(wait));
      }
      case "execute_input" -> count(entry, message);
      case "status" -> {
        String state = JsonFields.string(message.content(), "execution_state");
        entry.running = !state.equals("idle");
      }
      default -> {}
    }
    if (!isThere.test(entry.session)) {
      entry.missed = true;
    }
  }

  /** The kernel answers a request to run a cell, or asks something on behalf of the cell. */
  public void replied(Message message, Header header, Header parent) {
    Entry entry = byRequest.get(parent.msgId());
    if (entry == null) {
      return;
    }
    switch (header.msgType()) {
      case "execute_reply" -> {
        count(entry, message);
        entry.question = null;
      }
      case "input_request" -> entry.question = message;
      default -> {}
    }
  }

  /** A page answers what the kernel asked; there is one question at a time. */
  public void answered() {
    byRequest.values().forEach(entry -> entry.question = null);
  }

  /**
   * What a page has to be told that was not there from the beginning, to show a run as the others
   * do: a mark at the begin, the outputs there are, a mark at the end. What the kernel says after
   * that follows it.
   *
   * @param isThere whether a page is attached; a run whose page is not becomes that of {@code
   *     session}, which then gets what the kernel asks
   * @return empty when nothing is known of that run
   */
  public Optional<List<Message>> replay(String msgId, String session, Predicate<String> isThere) {
    Entry entry = byRequest.get(msgId);
    if (entry == null) {
      return Optional.empty();
    }
    if (!isThere.test(entry.session)) {
      entry.session = session;
      entry.missed = false;
    }
    boolean own = entry.session.equals(session);
    return Optional.of(
        new Replay(entry.header, session)
            .of(
                entry.outputs.now(),
                new Replay.State(own, entry.running, Optional.ofNullable(entry.count)),
                own ? Optional.ofNullable(entry.question) : Optional.empty()));
  }

  /** The page whose run it is. */
  public Optional<String> owner(String msgId) {
    return Optional.ofNullable(byRequest.get(msgId)).map(entry -> entry.session);
  }

  /** Something that was handed to a page did not reach it. */
  public void missed(Header parent) {
    Entry entry = byRequest.get(parent.msgId());
    if (entry != null) {
      entry.missed = true;
    }
  }

  /** Somebody has read all of a run that is over. */
  public void read(String msgId) {
    Entry entry = byRequest.get(msgId);
    if (entry != null) {
      entry.read = true;
    }
  }

  /** The kernel's process ended: nothing is running any more. */
  public void ended() {
    byRequest.values().forEach(entry -> entry.running = false);
  }

  /** Forgets what a run has put out; what is not known any more is none. */
  public void forget(String msgId) {
    Entry entry = byRequest.remove(msgId);
    if (entry != null) {
      requestByCell.remove(entry.cellId, msgId);
      bytes -= entry.outputs.bytes();
    }
  }

  /**
   * What is known, in the order in which it was run.
   *
   * @param isThere whether a page is attached
   */
  public List<CellExecution> executions(Predicate<String> isThere) {
    var list = new ArrayList<CellExecution>(byRequest.size());
    for (Entry entry : byRequest.values()) {
      list.add(
          new CellExecution(
              entry.msgId,
              entry.session,
              entry.cellId,
              entry.code,
              Optional.ofNullable(entry.count),
              entry.running,
              !entry.missed && isThere.test(entry.session),
              entry.read,
              Duration.ofNanos(System.nanoTime() - entry.lastHeard),
              entry.outputs.now()));
    }
    return list;
  }

  private static void count(Entry entry, Message message) {
    JsonFields.number(message.content(), "execution_count").ifPresent(count -> entry.count = count);
  }

  /** A display may have been made by a cell that ran before. */
  private void update(Message message) {
    String displayId = JsonFields.string(message.content(), "transient", "display_id");
    if (!displayId.isEmpty()) {
      for (Entry entry : byRequest.values()) {
        change(entry, outputs -> outputs.update(displayId, message.content(), maxBytes - bytes));
      }
    }
  }

  private void change(Entry entry, Consumer<CellOutputs> how) {
    long before = entry.outputs.bytes();
    how.accept(entry.outputs);
    bytes += entry.outputs.bytes() - before;
  }

  /** Room for an output; what has been shown goes first, the oldest first. */
  private long room(Entry of, Predicate<String> isThere) {
    Iterator<Entry> entries = byRequest.values().iterator();
    while (bytes > maxBytes * 3 / 4 && entries.hasNext()) {
      Entry entry = entries.next();
      if (entry != of && !entry.running && !entry.missed && isThere.test(entry.session)) {
        entries.remove();
        requestByCell.remove(entry.cellId, entry.msgId);
        bytes -= entry.outputs.bytes();
      }
    }
    return maxBytes - bytes;
  }
}
