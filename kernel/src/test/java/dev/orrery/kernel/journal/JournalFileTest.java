package dev.orrery.kernel.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that is read from its file is the one that was written. */
class JournalFileTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String[] TEXTS = {
    "a", "line\\n", "\\r", "\\b", "bar 10%\\rbar", "é\\n", "x\\by"
  };

  @TempDir Path folder;

  private final ReentrantLock lock = new ReentrantLock();

  private static JournalMemory memory() {
    return new JournalMemory(1 << 20, Long.MAX_VALUE);
  }

  private static Message message(Channel channel, String metadata, String content) {
    return new Message(
        channel,
        "{}".getBytes(UTF_8),
        "{}".getBytes(UTF_8),
        metadata.getBytes(UTF_8),
        content.getBytes(UTF_8),
        List.of());
  }

  private static Header header(String id, String type) {
    return new Header(id, "page", "u", type, "5.4", "");
  }

  /** Does something that happens to journals. */
  private static void happen(Journal journal, Random random, int number) {
    Header parent = header("r" + random.nextInt(6), "execute_request");
    switch (random.nextInt(16)) {
      case 0 ->
          journal.asked(
              message(
                  Channel.SHELL,
                  random.nextInt(5) == 0 ? "{}" : "{\"cellId\":\"c" + random.nextInt(4) + "\"}",
                  "{\"code\":\"run " + number + "\"}"),
              header("r" + random.nextInt(6), "execute_request"),
              "page");
      case 1 -> publish(journal, parent, "status", "{\"execution_state\":\"busy\"}");
      case 2 -> publish(journal, parent, "status", "{\"execution_state\":\"idle\"}");
      case 3 -> publish(journal, parent, "execute_input", "{\"execution_count\":" + number + "}");
      case 4 -> publish(journal, parent, "clear_output", "{\"wait\":" + random.nextBoolean() + "}");
      case 5 -> publish(journal, parent, "display_data", display(random, number));
      case 6 -> publish(journal, parent, "update_display_data", display(random, number));
      case 7 -> publish(journal, parent, "error", "{\"ename\":\"E\",\"evalue\":\"v\"}");
      case 8 ->
          journal.replied(
              message(Channel.SHELL, "{}", "{\"execution_count\":" + number + "}"),
              header("x", "execute_reply"),
              parent);
      case 9 ->
          journal.replied(
              message(Channel.STDIN, "{}", "{\"prompt\":\"" + number + "\"}"),
              header("x", "input_request"),
              parent);
      case 10 -> {
        switch (random.nextInt(6)) {
          case 0 -> journal.answered();
          case 1 -> journal.read(parent.msgId());
          case 2 -> journal.forget(parent.msgId());
          case 3 -> journal.ended();
          case 4 -> journal.came("page");
          default -> journal.left("page");
        }
      }
      case 11 ->
          publish(
              journal,
              parent,
              "display_data",
              "{\"data\":\"" + "d".repeat(random.nextInt(9_000)) + "\"}");
      default ->
          publish(
              journal,
              parent,
              "stream",
              "{\"name\":\"%s\",\"text\":\"%s\"}"
                  .formatted(
                      random.nextInt(3) == 0 ? "stderr" : "stdout",
                      TEXTS[random.nextInt(TEXTS.length)]));
    }
  }

  private static String display(Random random, int number) {
    return "{\"data\":{\"n\":%d},\"transient\":{\"display_id\":\"d%d\"}}"
        .formatted(number, random.nextInt(3));
  }

  private static void publish(Journal journal, Header parent, String type, String content) {
    journal.published(message(Channel.IOPUB, "{}", content), header("m", type), parent);
  }

  /** All that matters of a journal. */
  private static List<String> known(Journal journal) {
    var list = new ArrayList<String>();
    for (CellExecution run : journal.executions()) {
      list.add(
          "%s %s %s %s %s %s"
              .formatted(
                  run.msgId(),
                  run.cellId(),
                  run.code(),
                  run.count(),
                  run.isRunning(),
                  run.isRead()));
      for (CellOutput output : run.outputs()) {
        list.add(
            switch (output) {
              case CellOutput.Text(String stream, String text) -> stream + ":" + text;
              case CellOutput.Data(String type, byte[] content) ->
                  (type.equals("update_display_data") ? "display_data" : type)
                      + ":"
                      + new String(content, UTF_8);
            });
      }
    }
    return list;
  }

  private Journal read(Path file) throws Exception {
    var journal = new Journal(memory());
    journal.resume(file);
    return journal;
  }

  private Journal open(Path file) {
    return new Journal(memory(), file, lock);
  }

  private void with(Journal journal, java.util.function.Consumer<Journal> action) {
    lock.lock();
    try {
      action.accept(journal);
    } finally {
      lock.unlock();
    }
  }

  @Test
  void whateverHappensTheFileHasIt() throws Exception {
    for (int seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      Path file = folder.resolve("journal" + seed);
      Journal journal = open(file);
      for (int i = 0; i < 400; i++) {
        int number = i;
        with(journal, one -> happen(one, random, number));
      }
      assertThat(journal.closeFile(LIMIT)).isTrue();
      Journal again = read(file);
      assertThat(known(again)).as("seed %d", seed).isEqualTo(known(journal));
      // Text goes on where it was, with its cursor.
      for (Journal one : List.of(journal, again)) {
        var next = new Random(seed);
        for (int i = 0; i < 100; i++) {
          happen(one, next, i);
        }
      }
      assertThat(known(again)).as("seed %d, going on", seed).isEqualTo(known(journal));
    }
  }

  @Test
  void whatAJournalIsMadeOfMakesItAgain() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var journal = new Journal(memory());
      for (int i = 0; i < 300; i++) {
        happen(journal, random, i);
      }
      var again = new Journal(memory());
      journal.events().forEach(again::take);
      assertThat(known(again)).as("seed %d", seed).isEqualTo(known(journal));
      for (Journal one : List.of(journal, again)) {
        var next = new Random(seed);
        for (int i = 0; i < 100; i++) {
          happen(one, next, i);
        }
      }
      assertThat(known(again)).as("seed %d, going on", seed).isEqualTo(known(journal));
    }
  }

  @Test
  void moreThanTheDiskFollowsIsWrittenAnew() throws Exception {
    Path file = folder.resolve("journal");
    var journal = new Journal(new JournalMemory(64 << 20, Long.MAX_VALUE), file, lock);
    Header run = header("r1", "execute_request");
    with(
        journal,
        one -> {
          one.asked(message(Channel.SHELL, "{\"cellId\":\"c1\"}", "{\"code\":\"x\"}"), run, "page");
          String large = "y".repeat(100_000);
          // More than may wait, while nobody can take a picture of the journal.
          for (int i = 0; i < 300; i++) {
            publish(one, run, "display_data", "{\"data\":{\"text/plain\":\"" + i + large + "\"}}");
          }
        });
    assertThat(journal.closeFile(LIMIT)).isTrue();
    var again = new Journal(new JournalMemory(64 << 20, Long.MAX_VALUE));
    again.resume(file);
    assertThat(known(again)).hasSize(301).isEqualTo(known(journal));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aFileThatIsCutOffHasWhatCameBefore() throws Exception {
    Path file = folder.resolve("journal");
    Journal journal = open(file);
    Header run = header("r1", "execute_request");
    with(
        journal,
        one -> {
          one.asked(message(Channel.SHELL, "{\"cellId\":\"c1\"}", "{\"code\":\"x\"}"), run, "page");
          for (int i = 0; i < 20; i++) {
            publish(one, run, "display_data", "{\"n\":" + i + "}");
          }
        });
    assertThat(journal.closeFile(LIMIT)).isTrue();
    byte[] whole = Files.readAllBytes(file);
    List<String> all = known(read(file));
    assertThat(all).hasSize(21);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      List<String> part = known(read(file));
      assertThat(part).as("%d bytes", length).isEqualTo(all.subList(0, part.size()));
    }
    byte[] garbage = whole.clone();
    new Random(1).nextBytes(garbage);
    Files.write(file, garbage);
    assertThat(known(read(file))).isEmpty();
  }

  @Test
  void aDiskThatFailsForAWhileHasAllInTheEnd() throws Exception {
    Path missing = folder.resolve("missing");
    Path file = missing.resolve("journal");
    var journal = new Journal(memory(), file, lock, Duration.ofMillis(20));
    var random = new Random(7);
    for (int i = 0; i < 200; i++) {
      int number = i;
      with(journal, one -> happen(one, random, number));
      if (i == 100) {
        Files.createDirectory(missing);
        for (long end = System.nanoTime() + LIMIT.toNanos();
            !Files.exists(file) && System.nanoTime() < end; ) {
          Thread.onSpinWait();
        }
      }
    }
    assertThat(journal.closeFile(LIMIT)).isTrue();
    assertThat(known(read(file))).isNotEmpty().isEqualTo(known(journal));
  }
}
