package dev.orrery.kernel;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Runs programs that say what they do, with a limit. */
final class Commands {

  private static final int TAIL_LINES = 40;
  private static final int MAX_LINE = 2_000;
  private static final String END = "\0";

  private final Path directory;
  private final Map<String, String> env;
  private final Consumer<String> progress;

  /** How a program ended, with the last lines it printed. */
  record Outcome(int code, boolean timedOut, String tail) {
    boolean succeeded() {
      return !timedOut && code == 0;
    }

    String lastLine() {
      List<String> lines = tail.lines().filter(line -> !line.isBlank()).toList();
      return lines.isEmpty() ? "it returned " + code : lines.getLast().strip();
    }
  }

  Commands(Path directory, Map<String, String> env, Consumer<String> progress) {
    this.directory = directory;
    this.env = env;
    this.progress = progress;
  }

  /** Passes each line on, on the calling thread. A program over the limit is killed. */
  Outcome run(List<String> command, Duration limit) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(env);
    builder.redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.from(nothing()));
    Process process = builder.start();
    try {
      BlockingQueue<String> lines = new ArrayBlockingQueue<>(1_000);
      Thread.ofVirtual().start(() -> read(process, lines));
      Deque<String> tail = new ArrayDeque<>();
      long deadline = System.nanoTime() + limit.toNanos();
      while (true) {
        String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null) {
          return new Outcome(-1, true, String.join("\n", tail));
        }
        if (line.equals(END)) {
          break;
        }
        progress.accept(line);
        tail.addLast(line);
        if (tail.size() > TAIL_LINES) {
          tail.removeFirst();
        }
      }
      boolean ended = process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      return new Outcome(ended ? process.exitValue() : -1, !ended, String.join("\n", tail));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void read(Process process, BlockingQueue<String> lines) {
    try {
      try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          lines.put(line.substring(0, Math.min(line.length(), MAX_LINE)));
        }
      } catch (IOException e) {
        // Killed while it printed.
      }
      lines.put(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static java.io.File nothing() {
    return new java.io.File("/dev/null");
  }
}
