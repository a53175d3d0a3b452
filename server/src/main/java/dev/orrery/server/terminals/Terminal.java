package dev.orrery.server.terminals;

import dev.orrery.kernel.process.Signal;
import dev.orrery.kernel.process.SpawnedProcess;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One shell on a pseudo terminal and the pages that show it. Output goes to all pages and into a
 * bounded memory from which a page that comes later is filled; input waits in a bounded queue until
 * the shell takes it.
 */
final class Terminal {

  /** What a page gets. Called on the thread that reads all terminals: must not block. */
  interface Viewer {
    void output(String text);

    void ended();
  }

  private static final int REMEMBERED_CHUNKS = 1_000;
  private static final int REMEMBERED_CHARS = 1 << 20;
  private static final int MAX_INPUT = 1 << 20;
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final String name;
  private final Pty pty;
  private final SpawnedProcess process;
  private final Runnable changed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<String> remembered = new ArrayDeque<>();
  private final Deque<byte[]> input = new ArrayDeque<>();
  private final Map<Viewer, int[]> viewers = new LinkedHashMap<>();
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private ByteBuffer undecoded = ByteBuffer.allocate(0);
  private int rememberedChars;
  private int inputBytes;
  private boolean ended;
  private volatile Instant lastActivity = Instant.now();

  /**
   * A terminal that runs.
   *
   * @param changed called when the reading thread has to look at this terminal anew: input waits,
   *     or it has ended
   */
  Terminal(String name, Pty pty, SpawnedProcess process, Runnable changed) {
    this.name = name;
    this.pty = pty;
    this.process = process;
    this.changed = changed;
  }

  String name() {
    return name;
  }

  Pty pty() {
    return pty;
  }

  Instant lastActivity() {
    return lastActivity;
  }

  /** Shows the terminal to {@code viewer}, beginning with what is remembered. */
  void attach(Viewer viewer) {
    lock.lock();
    try {
      remembered.forEach(viewer::output);
      if (ended) {
        viewer.ended();
      } else {
        viewers.put(viewer, new int[0]);
      }
    } finally {
      lock.unlock();
    }
  }

  void detach(Viewer viewer) {
    lock.lock();
    try {
      viewers.remove(viewer);
      fit();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The window of one page; the terminal has the smallest of all, so that everyone sees all of it.
   */
  void resize(Viewer viewer, int rows, int columns) {
    lock.lock();
    try {
      if (viewers.containsKey(viewer)) {
        viewers.put(viewer, new int[] {rows, columns});
        fit();
      }
    } finally {
      lock.unlock();
    }
  }

  private void fit() {
    int rows = Integer.MAX_VALUE;
    int columns = Integer.MAX_VALUE;
    for (int[] size : viewers.values()) {
      if (size.length == 2) {
        rows = Math.min(rows, size[0]);
        columns = Math.min(columns, size[1]);
      }
    }
    if (rows != Integer.MAX_VALUE) {
      pty.resize(rows, columns);
    }
  }

  /**
   * Takes what a page typed.
   *
   * @return false when the shell has not taken a megabyte of earlier input, and this was dropped
   */
  boolean type(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    lock.lock();
    try {
      if (ended || inputBytes + bytes.length > MAX_INPUT) {
        return ended;
      }
      lastActivity = Instant.now();
      input.addLast(bytes);
      inputBytes += bytes.length;
      writeInput();
      if (!input.isEmpty()) {
        changed.run();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether input waits for the shell to read. */
  boolean hasInput() {
    lock.lock();
    try {
      return !input.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Passes on as much input as the shell takes now. */
  void writeInput() {
    lock.lock();
    try {
      while (!input.isEmpty()) {
        byte[] next = input.removeFirst();
        int written = pty.write(next, 0, next.length);
        if (written < 0) {
          input.clear();
          inputBytes = 0;
          return;
        }
        inputBytes -= written;
        if (written < next.length) {
          byte[] rest = Arrays.copyOfRange(next, written, next.length);
          input.addFirst(rest);
          return;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads once and passes on what was read.
   *
   * @param buffer reused by the reading thread
   * @return false when the terminal has ended
   */
  boolean readOutput(byte[] buffer) {
    int count = pty.read(buffer);
    if (count < 0) {
      end();
      return false;
    }
    if (count > 0) {
      lock.lock();
      try {
        lastActivity = Instant.now();
        show(decode(buffer, count));
      } finally {
        lock.unlock();
      }
    }
    return true;
  }

  private String decode(byte[] bytes, int count) {
    ByteBuffer in =
        ByteBuffer.allocate(undecoded.remaining() + count)
            .put(undecoded)
            .put(bytes, 0, count)
            .flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, false);
    // A character cut in two by the read waits for its other half.
    undecoded = ByteBuffer.allocate(in.remaining()).put(in).flip();
    return out.flip().toString();
  }

  private void show(String text) {
    if (text.isEmpty()) {
      return;
    }
    remembered.addLast(text);
    rememberedChars += text.length();
    while (remembered.size() > REMEMBERED_CHUNKS
        || rememberedChars > REMEMBERED_CHARS && remembered.size() > 1) {
      rememberedChars -= remembered.removeFirst().length();
    }
    viewers.keySet().forEach(viewer -> viewer.output(text));
  }

  private void end() {
    List<Viewer> last;
    lock.lock();
    try {
      ended = true;
      last = new ArrayList<>(viewers.keySet());
      viewers.clear();
      pty.close();
    } finally {
      lock.unlock();
    }
    last.forEach(Viewer::ended);
  }

  /** Ends the shell and what it started: hang-up first, as a closed window does, then by force. */
  void terminate() {
    process.signalGroup(Signal.HUP);
    try {
      if (!process.waitFor(GRACE)) {
        process.signalGroup(Signal.KILL);
        process.waitFor(GRACE);
      }
    } catch (InterruptedException e) {
      process.signalGroup(Signal.KILL);
      Thread.currentThread().interrupt();
    } finally {
      end();
      changed.run();
    }
  }
}
