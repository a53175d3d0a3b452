package dev.orrery.config;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs a child process with limits on its time and its output. What it prints to standard error
 * beyond the limit pushes out what came first; on standard output it ends the child.
 */
final class BoundedChild {

  enum End {
    FINISHED,
    OUT_OF_TIME,
    TOO_MUCH_OUTPUT
  }

  /** How the child ended and what it wrote. */
  record Result(End end, int status, String output, String errorTail) {}

  private static final int MAX_OUTPUT = 16 * 1024 * 1024;
  private static final int MAX_ERROR_TAIL = 4 * 1024;
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final Process process;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errorTail = new ByteArrayOutputStream();
  private volatile boolean tooMuch;

  private BoundedChild(Process process) {
    this.process = process;
  }

  /**
   * Runs to the end, whichever comes first.
   *
   * @throws IOException when the child cannot be started
   */
  static Result run(
      List<String> command,
      byte[] input,
      Map<String, String> environment,
      Path directory,
      Duration limit)
      throws IOException {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return new BoundedChild(builder.start()).result(input, limit);
  }

  private Result result(byte[] input, Duration limit) {
    // Platform threads: reading a pipe is a native wait.
    var out = reader("config-child-output", this::readOutput);
    var err = reader("config-child-error", this::readError);
    boolean finished = false;
    try {
      write(input);
      finished = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (!finished) {
        killTree();
      }
    }
    // Something that the child left behind may hold the pipes open, so even this wait has a limit.
    join(out);
    join(err);
    if (tooMuch) {
      return new Result(End.TOO_MUCH_OUTPUT, -1, "", tail());
    }
    return finished
        ? new Result(End.FINISHED, process.exitValue(), output(), tail())
        : new Result(End.OUT_OF_TIME, -1, output(), tail());
  }

  private static Thread reader(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name(name).start(task);
  }

  private void write(byte[] input) {
    try (var stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException e) {
      // The child ended without reading: its status and its words tell why.
    }
  }

  private void readOutput() {
    copy(
        process.getInputStream(),
        (buffer, length) -> {
          if (output.size() + length > MAX_OUTPUT) {
            tooMuch = true;
            killTree();
            return false;
          }
          output.write(buffer, 0, length);
          return true;
        });
  }

  private void readError() {
    copy(
        process.getErrorStream(),
        (buffer, length) -> {
          synchronized (errorTail) {
            errorTail.write(buffer, 0, length);
            if (errorTail.size() > 2 * MAX_ERROR_TAIL) {
              byte[] all = errorTail.toByteArray();
              errorTail.reset();
              errorTail.write(all, all.length - MAX_ERROR_TAIL, MAX_ERROR_TAIL);
            }
          }
          return true;
        });
  }

  private interface Sink {
    boolean take(byte[] buffer, int length);
  }

  private static void copy(InputStream from, Sink sink) {
    byte[] buffer = new byte[8 * 1024];
    try (from) {
      int length = from.read(buffer);
      while (length >= 0 && sink.take(buffer, length)) {
        length = from.read(buffer);
      }
    } catch (IOException e) {
      // The pipe broke because the child was ended; what came until then is kept.
    }
  }

  /** Ends the child and what it started, the descendants that are known first. */
  private void killTree() {
    var descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  private static void join(Thread reader) {
    try {
      reader.join(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String output() {
    synchronized (output) {
      return output.toString(StandardCharsets.UTF_8);
    }
  }

  private String tail() {
    synchronized (errorTail) {
      String text = errorTail.toString(StandardCharsets.UTF_8).strip();
      return text.length() <= MAX_ERROR_TAIL
          ? text
          : "…" + text.substring(text.length() - MAX_ERROR_TAIL);
    }
  }
}
