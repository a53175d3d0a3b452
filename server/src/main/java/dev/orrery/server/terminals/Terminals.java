package dev.orrery.server.terminals;

import dev.orrery.http.HttpException;
import dev.orrery.kernel.process.SpawnSpec;
import dev.orrery.kernel.process.SpawnedProcess;
import dev.orrery.kernel.process.Stdio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * All terminals of a server. One platform thread waits for all of them, because a thread that waits
 * in native code holds on to its carrier; it is started with the first terminal and ends with the
 * last.
 */
public final class Terminals implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Terminals.class.getName());
  private static final int READ_BYTES = 64 * 1024;

  private final TerminalSettings settings;
  private final Map<String, Terminal> terminals = new ConcurrentSkipListMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private volatile Pty.@Nullable Wake wake;
  private boolean closed;

  /** Makes a server's terminals; there are none at first. */
  public Terminals(TerminalSettings settings) {
    this.settings = settings;
  }

  /** How many there are. */
  public int count() {
    return terminals.size();
  }

  List<Terminal> list() {
    return List.copyOf(terminals.values());
  }

  Optional<Terminal> find(String name) {
    return Optional.ofNullable(terminals.get(name));
  }

  /**
   * Starts a terminal.
   *
   * @param wantedName empty for the next free number
   * @param folder where it starts, relative to the root or absolute; ignored when there is no such
   *     folder or nobody may enter it
   * @throws HttpException 409 when the name is taken, 503 when there are too many
   */
  Terminal start(Optional<String> wantedName, Optional<String> folder) throws IOException {
    lock.lock();
    try {
      if (closed) {
        throw new HttpException(503, "The server is stopping");
      }
      if (terminals.size() >= settings.maxTerminals()) {
        throw new HttpException(
            503, "There are " + settings.maxTerminals() + " terminals already; close one first");
      }
      String name = wantedName.orElseGet(this::nextName);
      if (terminals.containsKey(name)) {
        throw new HttpException(409, "A terminal named " + name + " exists already");
      }
      Pty.Wake running = wake;
      Pty.Wake waking = running == null ? Pty.Wake.open() : running;
      Pty pty = Pty.open(25, 80);
      try {
        SpawnedProcess process =
            SpawnedProcess.spawn(
                new SpawnSpec(
                    settings.shell(),
                    settings.env(),
                    directory(folder),
                    new Stdio.Pty(pty.slave())));
        Terminal terminal = new Terminal(name, pty, process, this::wakeReader);
        terminals.put(name, terminal);
        if (running == null) {
          wake = waking;
          Thread.ofPlatform().name("terminals").daemon().start(() -> readAll(waking));
        } else {
          waking.wake();
        }
        return terminal;
      } catch (IOException | RuntimeException e) {
        pty.close();
        if (running == null) {
          waking.close();
        }
        throw e;
      }
    } finally {
      lock.unlock();
    }
  }

  private String nextName() {
    for (int i = 1; ; i++) {
      String name = Integer.toString(i);
      if (!terminals.containsKey(name)) {
        return name;
      }
    }
  }

  private Path directory(Optional<String> folder) {
    if (folder.isPresent() && folder.get().indexOf('\0') < 0) {
      Path path = settings.root().resolve(folder.get());
      if (Files.isDirectory(path) && Files.isExecutable(path)) {
        return path;
      }
    }
    return settings.root();
  }

  private void wakeReader() {
    Pty.Wake running = wake;
    if (running != null) {
      running.wake();
    }
  }

  private void readAll(Pty.Wake waking) {
    byte[] buffer = new byte[READ_BYTES];
    Instant nextCull = Instant.now().plus(settings.cullInterval());
    while (true) {
      List<Terminal> current = list();
      if (current.isEmpty() && endReader(waking)) {
        return;
      }
      var interests = new ArrayList<Pty.Interest>();
      interests.add(waking.interest());
      for (Terminal terminal : current) {
        short events = (short) (Pty.POLLIN | (terminal.hasInput() ? Pty.POLLOUT : 0));
        interests.add(new Pty.Interest(terminal.pty().descriptor(), events));
      }
      // Without culling an idle terminal costs nothing: nobody wakes up to look at it.
      short[] ready = Pty.poll(interests, untilCull(nextCull));
      if (ready[0] != 0) {
        waking.drain();
      }
      for (int i = 0; i < current.size(); i++) {
        Terminal terminal = current.get(i);
        short events = ready[i + 1];
        if ((events & Pty.POLLOUT) != 0) {
          terminal.writeInput();
        }
        if ((events & ~Pty.POLLOUT) != 0 && !terminal.readOutput(buffer)) {
          terminals.remove(terminal.name(), terminal);
        }
      }
      if (Instant.now().isAfter(nextCull)) {
        cull();
        nextCull = Instant.now().plus(settings.cullInterval());
      }
    }
  }

  private int untilCull(Instant nextCull) {
    return settings.cullTimeout().isZero()
        ? -1
        : Math.clamp(Duration.between(Instant.now(), nextCull).toMillis() + 1, 1, 3_600_000);
  }

  private boolean endReader(Pty.Wake waking) {
    lock.lock();
    try {
      if (terminals.isEmpty()) {
        wake = null;
        waking.close();
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void cull() {
    if (settings.cullTimeout().isZero()) {
      return;
    }
    Instant oldest = Instant.now().minus(settings.cullTimeout());
    for (Terminal terminal : list()) {
      if (terminal.lastActivity().isBefore(oldest)) {
        LOG.log(
            System.Logger.Level.WARNING,
            "Culling terminal " + terminal.name() + ", idle since " + terminal.lastActivity());
        Thread.ofVirtual().start(() -> end(terminal));
      }
    }
  }

  /** Ends a terminal; returns when its shell is gone. */
  void end(Terminal terminal) {
    terminals.remove(terminal.name(), terminal);
    terminal.terminate();
  }

  /** Ends all terminals, at the same time. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
    var ending = new ArrayList<Thread>();
    for (Terminal terminal : list()) {
      ending.add(Thread.ofVirtual().start(() -> end(terminal)));
    }
    for (Thread thread : ending) {
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
