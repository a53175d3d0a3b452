package dev.orrery.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Asks before something is done that can't be undone. */
final class Question {

  private static final int LONGEST = 1_000;

  private Question() {}

  /**
   * Whether the answer begins with a y.
   *
   * @param option what makes the question needless
   */
  static boolean yes(Surroundings here, String text, String option) throws CommandFailure {
    here.out().print(text);
    here.out().flush();
    var line = new ByteArrayOutputStream();
    try {
      int b = here.in().read();
      if (b < 0) {
        here.out().println();
        throw CommandFailure.failed(
            "nothing is done: nobody answers on the standard input; "
                + option
                + " needs no answer");
      }
      for (; b >= 0 && b != '\n' && line.size() < LONGEST; b = here.in().read()) {
        line.write(b);
      }
    } catch (IOException e) {
      throw CommandFailure.failed("the answer can't be read: " + e.getMessage());
    }
    String answer = line.toString(UTF_8).strip();
    return answer.startsWith("y") || answer.startsWith("Y");
  }
}
