package dev.orrery.server.terminals;

import dev.orrery.http.Json;
import dev.orrery.http.WebSocketConnection;
import dev.orrery.http.WebSocketEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One page that shows a terminal. Frames are JSON lists: {@code ["setup",{}]}, {@code
 * ["stdout",text]}, {@code ["disconnect",1]} to the page; {@code ["stdin",text]}, {@code
 * ["set_size",rows,columns,…]} from it. Source: terminado.
 */
final class TerminalSocket implements WebSocketEndpoint, Terminal.Viewer {

  private static final System.Logger LOG = System.getLogger(TerminalSocket.class.getName());

  /**
   * A page further behind than this is closed; it comes back and is filled from what is remembered.
   */
  private static final int MAX_WAITING_CHARS = 8 << 20;

  private static final int MAX_FRAME_CHARS = 64 * 1024;

  private final Terminal terminal;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Deque<String> waiting = new ArrayDeque<>();
  private int waitingChars;
  private boolean terminalEnded;
  private volatile @Nullable WebSocketConnection connection;
  private volatile @Nullable Thread sender;

  TerminalSocket(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void opened(WebSocketConnection opened) {
    connection = opened;
    sender = Thread.ofVirtual().name("terminal-socket").start(() -> sendAll(opened));
    terminal.attach(this);
  }

  @Override
  public void text(String frame) {
    JsonNode message;
    try {
      message = Json.parse(frame);
    } catch (JacksonException e) {
      refuse("a terminal frame is a JSON list");
      return;
    }
    switch (message.path(0).asString("")) {
      case "stdin" -> {
        if (!terminal.type(message.path(1).asString(""))) {
          LOG.log(
              System.Logger.Level.WARNING,
              "Input for terminal " + terminal.name() + " was dropped: its shell reads nothing");
        }
      }
      case "set_size" -> {
        int rows = message.path(1).asInt(0);
        int columns = message.path(2).asInt(0);
        if (rows > 0 && columns > 0 && rows < 10_000 && columns < 10_000) {
          terminal.resize(this, rows, columns);
        }
      }
      default -> refuse("unknown terminal message");
    }
  }

  private void refuse(String why) {
    WebSocketConnection open = connection;
    if (open != null) {
      open.close(1007, why);
    }
  }

  @Override
  public void binary(ByteBuffer message) {
    refuse("terminal frames are text");
  }

  @Override
  public void output(String text) {
    lock.lock();
    try {
      if (waitingChars + text.length() > MAX_WAITING_CHARS) {
        waiting.clear();
        waitingChars = 0;
        WebSocketConnection open = connection;
        if (open != null) {
          open.close(1013, "too slow, connect again");
        }
        return;
      }
      waiting.addLast(text);
      waitingChars += text.length();
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void ended() {
    lock.lock();
    try {
      terminalEnded = true;
      filled.signal();
    } finally {
      lock.unlock();
    }
  }

  private void sendAll(WebSocketConnection open) {
    try {
      open.sendText("[\"setup\", {}]");
      while (true) {
        String text = take();
        if (text == null) {
          open.sendText("[\"disconnect\", 1]");
          open.close(1000, "the terminal ended");
          return;
        }
        open.sendText(Json.text(Json.array().add("stdout").add(text)));
      }
    } catch (InterruptedException e) {
      // closed() ends this thread.
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "A page of terminal " + terminal.name() + " is gone: " + e.getMessage());
      open.close(1011, "not reachable");
    }
  }

  /** Everything that waits, up to a frame; null when the terminal has ended and all is sent. */
  private @Nullable String take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty()) {
        if (terminalEnded) {
          return null;
        }
        filled.await();
      }
      var text = new StringBuilder();
      while (!waiting.isEmpty() && text.length() + waiting.getFirst().length() <= MAX_FRAME_CHARS) {
        text.append(waiting.removeFirst());
      }
      if (text.isEmpty()) {
        text.append(waiting.removeFirst());
      }
      waitingChars -= text.length();
      return text.toString();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void closed(int code, String reason) {
    terminal.detach(this);
    Thread thread = sender;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
