package dev.orrery.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class OfflineBufferTest {

  private static final Header CELL = new Header("cell", "page", "u", "execute_request", "5.4", "");
  private static final Header OTHER =
      new Header("other", "page", "u", "execute_request", "5.4", "");

  private final OfflineBuffer buffer = new OfflineBuffer("page", Instant.now());

  @Test
  void textOfOneStreamIsJoinedAndOrderIsKept() {
    keep("stream", CELL, "{\"name\":\"stdout\",\"text\":\"a\\n\"}");
    keep("stream", CELL, "{\"name\":\"stdout\",\"text\":\"b\"}");
    keep("stream", CELL, "{\"name\":\"stderr\",\"text\":\"c\"}");
    keep("stream", OTHER, "{\"name\":\"stderr\",\"text\":\"d\"}");
    keep("display_data", OTHER, "{\"data\":{\"n\":1.10}}");
    keep("stream", OTHER, "{\"name\":\"stderr\",\"text\":\"e\"}");
    assertThat(buffer.replay())
        .extracting(OfflineBufferTest::text)
        .containsExactly(
            "{\"name\":\"stdout\",\"text\":\"a\\nb\"}",
            "{\"name\":\"stderr\",\"text\":\"c\"}",
            "{\"name\":\"stderr\",\"text\":\"d\"}",
            "{\"data\":{\"n\":1.10}}",
            "{\"name\":\"stderr\",\"text\":\"e\"}");
  }

  @Test
  void fullBufferSaysWhatItDroppedAndKeepsTheEndOfTheCell() {
    for (int i = 0; i < 100; i++) {
      keep("display_data", CELL, "{\"n\":" + i + "}");
    }
    keep("status", CELL, "{\"execution_state\":\"idle\"}");
    List<Message> replay = buffer.replay();
    assertThat(replay).hasSize(16);
    Message notice = replay.get(14);
    assertThat(notice.parsedHeader().msgType()).isEqualTo("stream");
    assertThat(notice.parsedParent().msgId()).isEqualTo("cell");
    assertThat(text(notice)).contains("stderr", "[86 messages");
    assertThat(text(replay.get(15))).contains("idle");
  }

  @Test
  void bytesAreBoundedTooAlsoForJoinedText() {
    for (int i = 0; i < 2_000; i++) {
      keep("stream", CELL, "{\"name\":\"stdout\",\"text\":\"" + "x".repeat(100) + "\"}");
    }
    assertThat(buffer.bytes()).isLessThan(100_000);
    List<Message> replay = buffer.replay();
    assertThat(replay).hasSize(2);
    assertThat(text(replay.get(1))).contains("dropped");
  }

  private void keep(String type, Header parent, String content) {
    Message message = Message.create(Channel.IOPUB, type, "kernel", parent, content);
    buffer.add(message, message.parsedHeader(), parent, 100_000, 16);
  }

  private static String text(Message message) {
    return new String(message.content(), UTF_8);
  }
}
