package dev.orrery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Asks for a new password: twice and unseen on the terminal, or from a line of the standard input
 * where that is none. The terminal is spoken to itself, since the standard output may lead into a
 * file, and Java's console is none then.
 */
final class PasswordPrompt {

  private static final int LONGEST = 1_000;
  private static final File TERMINAL = new File("/dev/tty");

  private PasswordPrompt() {}

  /**
   * The password.
   *
   * @param what whose it is, to be read on the terminal
   * @param otherwise what can be done without one; may be empty
   * @throws IOException with a sentence where there is none
   */
  static String ask(String what, String otherwise) throws IOException {
    String password = isTerminal() ? askTwice(what) : line(System.in);
    if (password.isEmpty()) {
      throw new IOException(("no password was given; nothing is done. " + otherwise).strip());
    }
    return password;
  }

  private static String askTwice(String what) throws IOException {
    try (var in = new FileInputStream(TERMINAL);
        var out = new FileOutputStream(TERMINAL)) {
      // Also when Ctrl-C ends the program while it asks.
      var seen = new Thread(() -> echo(true));
      Runtime.getRuntime().addShutdownHook(seen);
      if (!echo(false)) {
        throw new IOException(
            "what is typed on this terminal can't be hidden; give the password on the standard"
                + " input, from a file or a pipe");
      }
      try {
        out.write((what + ": ").getBytes(UTF_8));
        String first = line(in);
        if (first.isEmpty()) {
          return first;
        }
        out.write("\nOnce more: ".getBytes(UTF_8));
        String second = line(in);
        out.write('\n');
        if (!first.equals(second)) {
          throw new IOException("the two passwords differ; nothing is done.");
        }
        return first;
      } finally {
        echo(true);
        Runtime.getRuntime().removeShutdownHook(seen);
      }
    }
  }

  /** The first line, without its end. */
  private static String line(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      bytes.write(b);
      if (bytes.size() > LONGEST) {
        throw new IOException(
            "the password has more than " + LONGEST + " bytes; give a shorter one");
      }
    }
    String line = bytes.toString(UTF_8);
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private static boolean isTerminal() {
    return succeeds(List.of("test", "-t", "0"), ProcessBuilder.Redirect.INHERIT);
  }

  private static boolean echo(boolean on) {
    return succeeds(List.of("stty", on ? "echo" : "-echo"), ProcessBuilder.Redirect.from(TERMINAL));
  }

  private static boolean succeeds(List<String> program, ProcessBuilder.Redirect input) {
    try {
      Process process =
          new ProcessBuilder(program)
              .redirectInput(input)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (process.waitFor(5, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
