package dev.orrery.server.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.http.Json;
import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private static final byte[] CELL_ONE = cell("one");
  private static final byte[] CELL_TWO = cell("two");

  private final Outbox outbox = new Outbox(settings(0, 0));

  private static SocketSettings settings(double messages, double bytes) {
    return new SocketSettings(
        true,
        messages > 0 || bytes > 0,
        messages,
        bytes,
        Duration.ofSeconds(1),
        Set.of(),
        true,
        "");
  }

  private static byte[] cell(String id) {
    return ("{\"msg_id\":\""
            + id
            + "\",\"msg_type\":\"execute_request\",\"session\":\"s\","
            + "\"username\":\"\",\"version\":\"5.4\",\"date\":\"\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Message stream(byte[] parent, String name, String text) {
    byte[] content = Json.bytes(Json.object().put("name", name).put("text", text));
    return Message.create(Channel.IOPUB, "stream", "s", parent, content);
  }

  private static Message other(Channel channel, String type) {
    return Message.create(channel, type, "s", Header.EMPTY, "{}");
  }

  private static String told(Message message) {
    String type = message.parsedHeader().msgType();
    return type.equals("stream") ? Json.parse(message.content()).path("text").asString() : type;
  }

  /** Everything that waits, after {@link Outbox#end}. */
  private static List<String> drain(Outbox outbox) throws InterruptedException {
    outbox.end(1000, "done");
    var all = new ArrayList<String>();
    for (Message next = outbox.take(); next != null; next = outbox.take()) {
      all.add(told(next));
    }
    return all;
  }

  @Test
  void streamsThatWaitAreJoinedPerCellAndName() throws InterruptedException {
    outbox.offer(other(Channel.IOPUB, "status"));
    for (String text : List.of("a", "b", "ü\"\n", "d")) {
      outbox.offer(stream(CELL_ONE, "stdout", text));
    }
    outbox.offer(stream(CELL_ONE, "stderr", "e1"));
    outbox.offer(stream(CELL_ONE, "stdout", "f"));
    outbox.offer(stream(CELL_TWO, "stdout", "g"));
    outbox.offer(stream(CELL_TWO, "stdout", "h"));
    assertThat(drain(outbox)).containsExactly("status", "abü\"\nd", "e1", "f", "gh");
  }

  @Test
  void aPageThatKeepsUpGetsEachMessageAsItCame() throws InterruptedException {
    for (String text : List.of("a", "b", "c")) {
      Message sent = stream(CELL_ONE, "stdout", text);
      outbox.offer(sent);
      assertThat(outbox.take()).isSameAs(sent);
    }
  }

  @Test
  void nothingOvertakesAnything() throws InterruptedException {
    outbox.offer(other(Channel.IOPUB, "status"));
    outbox.offer(stream(CELL_ONE, "stdout", "a"));
    outbox.offer(other(Channel.IOPUB, "display_data"));
    outbox.offer(stream(CELL_ONE, "stdout", "b"));
    outbox.offer(other(Channel.SHELL, "execute_reply"));
    outbox.offer(stream(CELL_ONE, "stdout", "c"));
    assertThat(drain(outbox))
        .containsExactly("status", "a", "display_data", "b", "execute_reply", "c");
  }

  @Test
  void aStreamThatIsNotJsonIsPassedOnAsItIs() throws InterruptedException {
    outbox.offer(other(Channel.IOPUB, "status"));
    Message odd =
        Message.create(
            Channel.IOPUB, "stream", "s", CELL_ONE, "{odd".getBytes(StandardCharsets.UTF_8));
    outbox.offer(odd);
    outbox.take();
    assertThat(outbox.take()).isSameAs(odd);
  }

  @Test
  void whatWaitsIsStillSentAfterTheEndAndNothingMore() throws InterruptedException {
    outbox.offer(other(Channel.IOPUB, "status"));
    outbox.offer(other(Channel.SHELL, "execute_reply"));
    outbox.end(1000, "kernel died");
    outbox.offer(other(Channel.IOPUB, "late"));
    assertThat(outbox.end().map(Outbox.End::reason)).contains("kernel died");
    assertThat(drain(outbox)).containsExactly("status", "execute_reply");
    assertThat(outbox.end().map(Outbox.End::reason))
        .as("the first reason counts")
        .contains("kernel died");
  }

  @Test
  void atTheBoundItEndsOnceAndKeepsWhatWaitsForTheNextConnection() throws InterruptedException {
    byte[] large = new byte[8 << 20];
    var message =
        new Message(
            Channel.IOPUB,
            cell("x"),
            "{}".getBytes(StandardCharsets.UTF_8),
            new byte[0],
            large,
            List.of());
    int taken = 0;
    while (outbox.offer(message)) {
      taken++;
      assertThat(taken).isLessThan(10);
    }
    assertThat(taken).isEqualTo(7);
    assertThat(outbox.offer(message)).as("it is said once").isTrue();
    assertThat(outbox.take()).isNull();
    assertThat(outbox.end()).contains(new Outbox.End(1013, "too slow, connect again", true));
    assertThat(outbox.drain()).hasSize(7);
    assertThat(outbox.drain()).isEmpty();
  }

  @Test
  void takenMessagesMakeRoomAgain() throws InterruptedException {
    String text = "x".repeat(1 << 19);
    for (int i = 0; i < 300; i++) {
      assertThat(outbox.offer(other(Channel.IOPUB, "status"))).isTrue();
      assertThat(outbox.offer(stream(CELL_ONE, "stdout", text))).isTrue();
      assertThat(outbox.offer(stream(CELL_ONE, "stdout", "more"))).isTrue();
      assertThat(outbox.take()).isNotNull();
      assertThat(outbox.take()).isNotNull();
    }
    assertThat(drain(outbox)).isEmpty();
  }

  /** What a kernel kept while its page was away comes at once, before anything is sent. */
  @Test
  void aReplayOfAllThatAKernelKeepsFits() throws InterruptedException {
    for (int size : List.of(2_000, 64 << 10, 4 << 20)) {
      var replayed = new Outbox(settings(0, 0));
      long bytes = 0;
      int length = 0;
      for (int i = 0; bytes < (32L << 20) - size - 1_000; i++) {
        String name = i % 2 == 0 ? "stdout" : "stderr";
        Message message = stream(CELL_ONE, name, "x".repeat(size));
        bytes += message.size();
        length += size;
        assertThat(replayed.offer(message)).as(bytes + " bytes").isTrue();
      }
      assertThat(drain(replayed).stream().mapToInt(String::length).sum()).isEqualTo(length);
    }
  }

  @Test
  void aStreamStopsGrowingBeforeItIsTooLargeForAFrame() throws InterruptedException {
    outbox.offer(other(Channel.IOPUB, "status"));
    for (int i = 0; i < 50; i++) {
      outbox.offer(stream(CELL_ONE, "stdout", "x".repeat(100_000)));
    }
    List<String> all = drain(outbox);
    assertThat(all.stream().skip(1).mapToInt(String::length).sum()).isEqualTo(5_000_000);
    assertThat(all).allMatch(text -> text.length() < 1_200_000);
  }

  @Test
  void aboveTheRateLimitStreamsAreGatheredAndAnythingElseEndsThePause() throws Exception {
    var paced = new Outbox(settings(2, 0));
    for (int i = 0; i < 5; i++) {
      paced.offer(other(Channel.IOPUB, "status"));
      assertThat(paced.take()).isNotNull();
    }
    var sent = new LinkedBlockingQueue<String>();
    var done = new CountDownLatch(1);
    paced.offer(stream(CELL_ONE, "stdout", "a"));
    Thread.ofVirtual()
        .start(() -> {
          try {
            for (Message next = paced.take(); next != null; next = paced.take()) {
              sent.add(told(next));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          done.countDown();
        });
    assertThat(sent.poll(300, TimeUnit.MILLISECONDS)).as("the stream is held back").isNull();
    paced.offer(stream(CELL_ONE, "stdout", "b"));
    paced.offer(other(Channel.IOPUB, "idle"));
    paced.end(1000, "done");
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(sent).containsExactly("a", "b", "idle");
  }

  @Test
  void aWaitingSenderIsWokenByAMessageAndByTheEnd() throws Exception {
    var sent = new LinkedBlockingQueue<String>();
    Thread sender =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (Message next = outbox.take(); next != null; next = outbox.take()) {
                  sent.add(told(next));
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    outbox.offer(other(Channel.IOPUB, "status"));
    assertThat(sent.poll(20, TimeUnit.SECONDS)).isEqualTo("status");
    outbox.end(1000, "done");
    assertThat(sender.join(Duration.ofSeconds(20))).isTrue();
  }
}
