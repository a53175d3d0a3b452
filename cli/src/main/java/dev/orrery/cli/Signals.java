package dev.orrery.cli;

import dev.orrery.server.NotebookServer;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the terminal and the system say to a server: Ctrl-C asks first, a second one within five
 * seconds does not; SIGTERM stops at once and cleanly, SIGUSR1 too but without the kernels.
 */
final class Signals {

  private static final System.Logger LOG = System.getLogger(Signals.class.getName());
  private static final Duration TIME_TO_ANSWER = Duration.ofSeconds(5);

  private final NotebookServer server;
  private final boolean answerYes;
  private final AtomicBoolean asking = new AtomicBoolean();

  Signals(NotebookServer server, boolean answerYes) {
    this.server = server;
    this.answerYes = answerYes;
  }

  void install() {
    OnSignal.run("INT", this::interrupted);
    OnSignal.run("TERM", () -> stop("received signal 15, stopping"));
    OnSignal.run("USR1", this::leave);
    // A closed terminal ends the server, as it ends jupyter_server.
    OnSignal.run("HUP", () -> stop("received signal 1, stopping"));
  }

  private void stop(String why) {
    LOG.log(System.Logger.Level.INFO, why);
    server.requestStop();
  }

  /** As {@code orrery stop --keep-kernels} says it. */
  private void leave() {
    LOG.log(System.Logger.Level.INFO, "received signal USR1, stopping without the kernels");
    server.requestStopWithoutKernels();
  }

  private void interrupted() {
    LOG.log(System.Logger.Level.INFO, "interrupted");
    if (answerYes || !isTerminal() || !asking.compareAndSet(false, true)) {
      stop("Shutting down...");
      return;
    }
    Thread.ofPlatform().name("ask").daemon().start(this::ask);
  }

  @SuppressWarnings("SystemConsoleNull") // NullAway and the documentation allow for null.
  private static boolean isTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private void ask() {
    try {
      int kernels = server.kernelCount();
      System.out.println(kernels == 1 ? "1 active kernel" : kernels + " active kernels");
      System.out.print("Shut down this server (y/[n])? ");
      System.out.flush();
      var in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
      long end = System.nanoTime() + TIME_TO_ANSWER.toNanos();
      while (System.nanoTime() < end) {
        if (in.ready()) {
          String answer = in.readLine();
          if (answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
            stop("Shutdown confirmed");
            return;
          }
          break;
        }
        // Reading would wait for ever; the console has no other way to wait with a limit.
        Thread.sleep(Duration.ofMillis(50));
      }
      System.out.println("resuming operation...");
    } catch (IOException e) {
      stop("Shutting down...");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      asking.set(false);
    }
  }
}
