package dev.orrery.kernel.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.kernel.journal.JournalEvent.Answered;
import dev.orrery.kernel.journal.JournalEvent.Asked;
import dev.orrery.kernel.journal.JournalEvent.Came;
import dev.orrery.kernel.journal.JournalEvent.Dropped;
import dev.orrery.kernel.journal.JournalEvent.Ended;
import dev.orrery.kernel.journal.JournalEvent.Forgotten;
import dev.orrery.kernel.journal.JournalEvent.Left;
import dev.orrery.kernel.journal.JournalEvent.Read;
import dev.orrery.kernel.journal.JournalEvent.Replied;
import dev.orrery.kernel.journal.JournalEvent.Said;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.JsonFields;
import dev.orrery.kernel.message.Message;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the cells of one kernel have put out, each since it was last run, whether a page is there or
 * not. A cell is known by the id that JupyterLab puts into the metadata of the request to run it;
 * what is run without one belongs to no notebook, and of it is known only whether it is over.
 *
 * <p>All that changes it is an event, which is handed on before anything else happens: the same
 * events make the same journal again. Not thread-safe.
 */
public final class Journal {

  private static final Duration RETRY = Duration.ofSeconds(10);
  private static final int MAX_CELLS = 10_000;

  private final JournalMemory memory;
  private final Optional<JournalFile> file;
  private final Map<String, Entry> byRequest = new LinkedHashMap<>();
  private final Map<String, String> requestByCell = new LinkedHashMap<>();
  private final Set<String> present = new LinkedHashSet<>();
  private long bytes;

  /** Keeps outputs in memory only. */
  public Journal(JournalMemory memory) {
    this.memory = memory;
    this.file = Optional.empty();
  }

  /**
   * Keeps outputs in memory and in a file.
   *
   * @param file is made when there is something to be written
   * @param lock held by whoever calls this journal
   */
  public Journal(JournalMemory memory, Path file, Lock lock) {
    this(memory, file, lock, RETRY);
  }

  Journal(JournalMemory memory, Path file, Lock lock, Duration retry) {
    this.memory = memory;
    this.file =
        Optional.of(
            new JournalFile(
                file,
                taker -> {
                  lock.lock();
                  try {
                    taker.accept(events());
                  } finally {
                    lock.unlock();
                  }
                },
                retry));
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
    private boolean replied;
    private long lastHeard = System.nanoTime();

    /** Whether it was there when the journal was read from a file, and its end is not known. */
    private boolean old;

    /** Whether the kernel has come to it. */
    private boolean begun;

    /** Whether that was since {@link #overdue} was last asked. */
    private boolean begins;

    /** Whether something of it did not reach the page that ran it. */
    private boolean missed;

    /** Whether somebody has read all of it in its notebook. */
    private boolean read;

    Entry(Asked asked) {
      this.msgId = asked.msgId();
      this.header = asked.header();
      this.cellId = asked.cellId();
      this.code = asked.code();
      this.session = asked.session();
    }

    boolean isCell() {
      return !cellId.isEmpty();
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
    if (!header.msgId().isEmpty()) {
      String cellId = JsonFields.string(request.metadata(), "cellId");
      String code = cellId.isEmpty() ? "" : JsonFields.string(request.content(), "code");
      happens(new Asked(session, header.msgId(), request.header(), cellId, code));
    }
  }

  /** The kernel publishes something. */
  public void published(Message message, Header header, Header parent) {
    Entry entry = byRequest.get(parent.msgId());
    if (entry == null) {
      return;
    }
    switch (header.msgType()) {
      case "stream", "display_data", "execute_result", "error" -> {
        if (!entry.isCell()) {
          heard(entry);
        } else if (CellOutputs.fits(message.content(), room(entry))) {
          happens(new Said(entry.msgId, header.msgType(), message.content()));
        } else {
          happens(new Dropped(entry.msgId, 1, message.size()));
        }
      }
      case "update_display_data", "clear_output", "execute_input", "status" ->
          happens(new Said(entry.msgId, header.msgType(), message.content()));
      default -> heard(entry);
    }
  }

  /** The kernel answers a request to run a cell, or asks something on behalf of the cell. */
  public void replied(Message message, Header header, Header parent) {
    String type = header.msgType();
    if (byRequest.containsKey(parent.msgId())
        && (type.equals("execute_reply") || type.equals("input_request"))) {
      happens(new Replied(parent.msgId(), type, message));
    }
  }

  /** A page answers what the kernel asked; there is one question at a time. */
  public void answered() {
    if (byRequest.values().stream().anyMatch(entry -> entry.question != null)) {
      happens(new Answered());
    }
  }

  /** A page is attached. */
  public void came(String session) {
    happens(new Came(session));
  }

  /** A page is not attached any more. */
  public void left(String session) {
    happens(new Left(session));
  }

  /** Somebody has read all of a run that is over. */
  public void read(String msgId) {
    Entry entry = byRequest.get(msgId);
    if (entry != null && !entry.read) {
      happens(new Read(msgId));
    }
  }

  /** The kernel's process ended: nothing is running any more. */
  public void ended() {
    happens(new Ended());
  }

  /** Forgets what a run has put out; what is not known any more is none. */
  public void forget(String msgId) {
    if (byRequest.containsKey(msgId)) {
      happens(new Forgotten(msgId));
    }
  }

  private void happens(JournalEvent event) {
    file.ifPresent(to -> to.append(event));
    take(event);
  }

  /** Takes what has happened to another journal. */
  void take(JournalEvent event) {
    switch (event) {
      case Asked asked -> begin(asked);
      case Said(String msgId, String type, byte[] content) ->
          known(msgId).ifPresent(entry -> said(entry, type, content));
      case Dropped(String msgId, long messages, long dropped) ->
          known(msgId)
              .ifPresent(entry -> {
                entry.outputs.drop(messages, dropped);
                heard(entry);
              });
      case Replied(String msgId, String type, Message message) ->
          known(msgId).ifPresent(entry -> replied(entry, type, message));
      case Answered() -> byRequest.values().forEach(entry -> entry.question = null);
      case Read(String msgId) -> known(msgId).ifPresent(entry -> entry.read = true);
      case Forgotten(String msgId) -> remove(msgId);
      case Ended() -> byRequest.values().forEach(entry -> entry.running = false);
      case Came(String session) -> present.add(session);
      case Left(String session) -> present.remove(session);
    }
  }

  /** What is no cell's is of no interest once it is over. */
  private void done(Entry entry) {
    if (!entry.isCell() && entry.replied && !entry.running) {
      remove(entry.msgId);
    }
  }

  private Optional<Entry> known(String msgId) {
    return Optional.ofNullable(byRequest.get(msgId));
  }

  private void begin(Asked asked) {
    remove(asked.msgId());
    var entry = new Entry(asked);
    if (entry.isCell()) {
      Optional.ofNullable(requestByCell.put(asked.cellId(), asked.msgId())).ifPresent(this::remove);
    }
    if (byRequest.size() >= MAX_CELLS) {
      remove(byRequest.keySet().iterator().next());
    }
    byRequest.put(asked.msgId(), entry);
  }

  private void said(Entry entry, String type, byte[] content) {
    switch (type) {
      case "update_display_data" -> update(content);
      case "clear_output" -> {
        boolean wait = JsonFields.isTrue(content, "wait");
        change(entry, outputs -> outputs.clear(wait));
      }
      case "execute_input" -> count(entry, content);
      case "status" -> {
        entry.running = !JsonFields.string(content, "execution_state").equals("idle");
        entry.begins |= !entry.begun;
        entry.begun = true;
      }
      default -> change(entry, outputs -> outputs.add(type, content));
    }
    heard(entry);
    done(entry);
  }

  private void heard(Entry entry) {
    entry.lastHeard = System.nanoTime();
    if (!isThere(entry)) {
      entry.missed = true;
    }
  }

  private void replied(Entry entry, String type, Message message) {
    if (type.equals("input_request")) {
      entry.question = message;
      return;
    }
    count(entry, message.content());
    entry.question = null;
    entry.replied = true;
    done(entry);
  }

  private static void count(Entry entry, byte[] content) {
    JsonFields.number(content, "execution_count").ifPresent(count -> entry.count = count);
  }

  /** A display may have been made by a cell that ran before. */
  private void update(byte[] content) {
    String displayId = JsonFields.string(content, "transient", "display_id");
    if (!displayId.isEmpty()) {
      for (Entry entry : byRequest.values()) {
        long room = memory.room(bytes);
        change(entry, outputs -> outputs.update(displayId, content, room));
      }
    }
  }

  private void change(Entry entry, Consumer<CellOutputs> how) {
    long before = entry.outputs.bytes();
    how.accept(entry.outputs);
    grow(entry.outputs.bytes() - before);
  }

  private void grow(long more) {
    bytes += more;
    memory.change(more);
  }

  private void remove(String msgId) {
    Entry entry = byRequest.remove(msgId);
    if (entry != null) {
      requestByCell.remove(entry.cellId, msgId);
      grow(-entry.outputs.bytes());
    }
  }

  private boolean isThere(Entry entry) {
    return present.contains(entry.session);
  }

  /** Room for an output; what has been shown goes first, the oldest first. */
  private long room(Entry of) {
    long wanted = memory.perKernel() / 4;
    if (memory.room(bytes) < wanted) {
      for (Entry entry : List.copyOf(byRequest.values())) {
        if (entry != of && !entry.running && !entry.missed && isThere(entry)) {
          forget(entry.msgId);
          if (memory.room(bytes) >= wanted) {
            break;
          }
        }
      }
    }
    return memory.room(bytes);
  }

  /**
   * What a page has to be told that was not there from the beginning, to show a run as the others
   * do: a mark at the begin, the outputs there are, a mark at the end. What the kernel says after
   * that follows it. A run whose page is not attached becomes that of {@code session}, which then
   * gets what the kernel asks.
   *
   * @return empty when nothing is known of that run
   */
  public Optional<List<Message>> replay(String msgId, String session) {
    Entry entry = byRequest.get(msgId);
    if (entry == null) {
      return Optional.empty();
    }
    if (!isThere(entry)) {
      entry.session = session;
      entry.missed = false;
    }
    boolean own = entry.session.equals(session);
    var state = new Replay.State(own, entry.running, Optional.ofNullable(entry.count));
    var messages =
        new ArrayList<>(
            new Replay(entry.header, session)
                .of(
                    entry.outputs.now(),
                    state,
                    own ? Optional.ofNullable(entry.question) : Optional.empty()));
    if (own && !entry.running) {
      messages.addAll(endings(entry));
    }
    return Optional.of(messages);
  }

  /** The page whose run it is. */
  public Optional<String> owner(String msgId) {
    return known(msgId).map(entry -> entry.session);
  }

  /** Something that was handed to a page did not reach it. */
  public void missed(Header parent) {
    known(parent.msgId()).ifPresent(entry -> entry.missed = true);
  }

  /** What is known, in the order in which it was run. */
  public List<CellExecution> executions() {
    var list = new ArrayList<CellExecution>(byRequest.size());
    for (Entry entry : byRequest.values()) {
      if (!entry.isCell()) {
        continue;
      }
      list.add(
          new CellExecution(
              entry.msgId,
              entry.session,
              entry.cellId,
              entry.code,
              Optional.ofNullable(entry.count),
              entry.running,
              !entry.missed && isThere(entry),
              entry.read,
              Duration.ofNanos(System.nanoTime() - entry.lastHeard),
              entry.outputs.now()));
    }
    return list;
  }

  /**
   * Goes on with what a journal knew that kept it in a file.
   *
   * @param from the file, which may be the one that this journal writes
   * @return the pages that were attached
   * @throws IOException when the file can't be read
   */
  public List<String> resume(Path from) throws IOException {
    JournalFile.read(from, this::take);
    List<String> pages = List.copyOf(present);
    present.clear();
    for (Entry entry : byRequest.values()) {
      entry.old = entry.running || !entry.replied;
      entry.missed = true;
      entry.begins = false;
    }
    return pages;
  }

  /** A line among the outputs of each run that is not over, as the kernel would publish it. */
  public List<Message> lines(String line) {
    return byRequest.values().stream()
        .filter(entry -> entry.running)
        .map(entry -> new Replay(entry.header, entry.session).line(line))
        .toList();
  }

  /**
   * The kernel has come to a request that was made after the journal was resumed. It may take
   * requests of several clients in turns, so that what it has begun is done, and what it has not
   * begun is lost only when none of that was begun since it was last asked.
   *
   * @return what it said about the end of runs while nobody heard it, which pages wait for
   */
  public List<Message> overdue() {
    boolean goesOn = byRequest.values().stream().anyMatch(entry -> entry.old && entry.begins);
    var messages = new ArrayList<Message>();
    for (Entry entry : byRequest.values()) {
      if (entry.old && (entry.begun || !goesOn)) {
        if (entry.running || !entry.replied) {
          messages.addAll(endings(entry));
        }
        entry.old = false;
      }
      entry.begins = false;
    }
    return messages;
  }

  /** Whether nothing is left of what the kernel was asked before the journal was resumed. */
  public boolean isCaughtUp() {
    return byRequest.values().stream().noneMatch(entry -> entry.old);
  }

  private static List<Message> endings(Entry entry) {
    return new Replay(entry.header, entry.session)
        .endings(entry.outputs.now(), Optional.ofNullable(entry.count));
  }

  /** What makes this journal when it happens to an empty one. */
  List<JournalEvent> events() {
    var events = new ArrayList<JournalEvent>();
    present.forEach(session -> events.add(new Came(session)));
    for (Entry entry : byRequest.values()) {
      events.add(new Asked(entry.session, entry.msgId, entry.header, entry.cellId, entry.code));
      events.addAll(entry.outputs.events(entry.msgId));
      if (entry.count != null) {
        byte[] count = ("{\"execution_count\":" + entry.count + "}").getBytes(UTF_8);
        events.add(new Said(entry.msgId, "execute_input", count));
      }
      if (entry.begun || !entry.running) {
        events.add(new Said(entry.msgId, "status", entry.running ? Replay.BUSY : Replay.IDLE));
      }
      if (entry.question != null) {
        events.add(new Replied(entry.msgId, "input_request", entry.question));
      } else if (entry.replied) {
        events.add(new Replied(entry.msgId, "execute_reply", Replay.NOTHING));
      }
      if (entry.read) {
        events.add(new Read(entry.msgId));
      }
    }
    return events;
  }

  /** Lets go of the memory; the file keeps what it has. */
  public void close() {
    byRequest.clear();
    requestByCell.clear();
    grow(-bytes);
  }

  /**
   * Writes what there is into the file, and no more. To be called without the lock.
   *
   * @return false when the disk took longer than {@code limit}
   */
  public boolean closeFile(Duration limit) throws InterruptedException {
    return file.isEmpty() || file.get().close(limit);
  }
}
