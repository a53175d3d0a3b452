package dev.orrery.kernel.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is known of cells that run, or have run. */
class JournalTest {

  private static final String PAGE = "page";

  private final Journal journal = new Journal(new JournalMemory(100_000, Long.MAX_VALUE));

  @BeforeEach
  void thePageIsThere() {
    journal.came(PAGE);
  }

  private Header run(String msgId, String cellId, String code) {
    var header = new Header(msgId, PAGE, "u", "execute_request", "5.4", "");
    journal.asked(
        new Message(
            Channel.SHELL,
            bytes("{}"),
            bytes("{}"),
            bytes("{\"deletedCells\":[],\"cellId\":\"" + cellId + "\"}"),
            bytes("{\"code\":\"" + code + "\"}"),
            List.of()),
        header,
        PAGE);
    return header;
  }

  private void publish(Header parent, String type, String content) {
    var header = new Header("m", "kernel", "u", type, "5.4", "");
    journal.published(message(content), header, parent);
  }

  private void print(Header parent, String text) {
    publish(parent, "stream", "{\"name\":\"stdout\",\"text\":\"" + text + "\"}");
  }

  private void idle(Header parent) {
    publish(parent, "status", "{\"execution_state\":\"idle\"}");
  }

  private static Message message(String content) {
    return new Message(
        Channel.IOPUB, bytes("{}"), bytes("{}"), bytes("{}"), bytes(content), List.of());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private List<CellExecution> executions() {
    return journal.executions();
  }

  private CellExecution only() {
    assertThat(executions()).hasSize(1);
    return executions().getFirst();
  }

  /** Outputs as short texts. */
  private static List<String> shown(CellExecution execution) {
    var list = new ArrayList<String>();
    for (CellOutput output : execution.outputs()) {
      list.add(
          switch (output) {
            case CellOutput.Text(String stream, String text) -> stream + ":" + text;
            case CellOutput.Data(String type, byte[] content) ->
                type + ":" + new String(content, UTF_8);
          });
    }
    return list;
  }

  @Test
  void whatACellPutsOutIsKeptInOrder() {
    Header cell = run("r1", "c1", "go()");
    publish(cell, "status", "{\"execution_state\":\"busy\"}");
    publish(cell, "execute_input", "{\"code\":\"go()\",\"execution_count\":7}");
    print(cell, "a\\n");
    print(cell, "b");
    publish(cell, "stream", "{\"name\":\"stderr\",\"text\":\"e\"}");
    publish(cell, "display_data", "{\"data\":{\"n\":1.10}}");
    print(cell, "c");
    publish(cell, "comm_msg", "{\"data\":{}}");
    publish(cell, "error", "{\"ename\":\"E\"}");
    assertThat(only().isRunning()).isTrue();
    idle(cell);
    assertThat(shown(only()))
        .containsExactly(
            "stdout:a\nb",
            "stderr:e",
            "display_data:{\"data\":{\"n\":1.10}}",
            "stdout:c",
            "error:{\"ename\":\"E\"}");
    assertThat(only().isRunning()).isFalse();
    assertThat(only().count()).contains(7);
    assertThat(only().cellId()).isEqualTo("c1");
    assertThat(only().code()).isEqualTo("go()");
    // A thread of the cell goes on after the cell has ended.
    print(cell, "d");
    assertThat(shown(only())).contains("stdout:c", "stdout:d");
  }

  @Test
  void whatBelongsToNoCellIsNotKept() {
    run("r1", "", "x");
    print(new Header("r1", PAGE, "u", "execute_request", "5.4", ""), "a");
    print(Header.EMPTY, "b");
    assertThat(executions()).isEmpty();
  }

  @Test
  void displaysAreReplacedWhereverTheyAre() {
    Header first = run("r1", "c1", "x");
    publish(first, "display_data", "{\"data\":1,\"transient\":{\"display_id\":\"d\"}}");
    publish(first, "display_data", "{\"data\":2,\"transient\":{\"display_id\":\"other\"}}");
    Header second = run("r2", "c2", "y");
    publish(second, "update_display_data", "{\"data\":9,\"transient\":{\"display_id\":\"d\"}}");
    publish(second, "update_display_data", "{\"data\":9,\"transient\":{\"display_id\":\"no\"}}");
    assertThat(shown(executions().getFirst()))
        .containsExactly(
            "display_data:{\"data\":9,\"transient\":{\"display_id\":\"d\"}}",
            "display_data:{\"data\":2,\"transient\":{\"display_id\":\"other\"}}");
    assertThat(shown(executions().getLast())).isEmpty();
  }

  @Test
  void clearedOutputsGoNowOrWithTheNext() {
    Header cell = run("r1", "c1", "x");
    print(cell, "a");
    publish(cell, "clear_output", "{\"wait\":true}");
    assertThat(shown(only())).containsExactly("stdout:a");
    print(cell, "b");
    assertThat(shown(only())).containsExactly("stdout:b");
    publish(cell, "clear_output", "{\"wait\":false}");
    assertThat(shown(only())).isEmpty();
  }

  @Test
  void aCellThatIsRunAgainBeginsAnew() {
    Header first = run("r1", "c1", "x");
    print(first, "a");
    idle(first);
    Header again = run("r2", "c1", "y");
    print(first, "late");
    print(again, "b");
    assertThat(shown(only())).containsExactly("stdout:b");
    assertThat(only().code()).isEqualTo("y");
  }

  @Test
  void whetherThePageHasItAllIsKnown() {
    Header cell = run("r1", "c1", "x");
    print(cell, "a");
    assertThat(only().isShown()).isTrue();
    journal.left(PAGE);
    journal.came("another");
    assertThat(only().isShown()).isFalse();
    print(cell, "b");
    journal.came(PAGE);
    assertThat(only().isShown()).as("it has missed b").isFalse();
  }

  @Test
  void whatCouldNotBeDeliveredWasMissed() {
    Header cell = run("r1", "c1", "x");
    print(cell, "a");
    journal.missed(cell);
    assertThat(only().isShown()).isFalse();
  }

  @Test
  void whatIsOverTheBoundIsCountedInTheCell() {
    Header cell = run("r1", "c1", "x");
    String large = "x".repeat(30_000);
    for (int i = 0; i < 5; i++) {
      publish(cell, "display_data", "{\"data\":\"" + large + "\"}");
    }
    assertThat(shown(only())).hasSize(4);
    assertThat(shown(only()).getLast())
        .contains("stderr:[2 messages (60 kB) were dropped here", "\n");
    publish(cell, "clear_output", "{\"wait\":false}");
    print(cell, "b");
    assertThat(shown(only())).containsExactly("stdout:b");
  }

  @Test
  void whatIsShownAndOverMakesRoomForTheRest() {
    String large = "x".repeat(45_000);
    Header shown = run("r1", "c1", "x");
    publish(shown, "display_data", "{\"data\":\"" + large + "\"}");
    idle(shown);
    Header missed = run("r2", "c2", "x");
    publish(missed, "display_data", "{\"data\":\"" + large + "\"}");
    journal.missed(missed);
    idle(missed);
    Header now = run("r3", "c3", "x");
    publish(now, "display_data", "{\"data\":\"" + large + "\"}");
    assertThat(executions()).extracting(CellExecution::msgId).containsExactly("r2", "r3");
    assertThat(shown(executions().getLast()).getFirst()).startsWith("display_data");
  }

  @Test
  void aProgressBarTakesNoMoreThanALine() {
    Header cell = run("r1", "c1", "x");
    for (int i = 0; i < 50_000; i++) {
      print(cell, "\\rstep " + (100_000 + i));
    }
    assertThat(shown(only())).containsExactly("stdout:step 149999");
  }

  @Test
  void withTheProcessNothingRuns() {
    run("r1", "c1", "x");
    journal.ended();
    assertThat(only().isRunning()).isFalse();
    journal.forget("r1");
    journal.forget("r1");
    assertThat(executions()).isEmpty();
  }
}
