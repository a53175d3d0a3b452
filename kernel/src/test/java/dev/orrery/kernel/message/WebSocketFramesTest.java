package dev.orrery.kernel.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WebSocketFramesTest {

  private static final String HEADER =
      "{\"msg_id\": \"a_1\", \"session\": \"s\", \"username\": \"u\", \"date\": \"2026-01-01T00:00:00Z\","
          + " \"msg_type\": \"execute_request\", \"version\": \"5.4\"}";

  @Test
  void anyMessageSurvivesBothFramings() throws MalformedMessageException {
    var random = new Random(20261121);
    for (int i = 0; i < 500; i++) {
      Message message = randomMessage(random);
      assertSame(WebSocketFrames.decodeV1(WebSocketFrames.encodeV1(message)), message);
      Message legacy =
          switch (WebSocketFrames.encodeLegacy(message)) {
            case Frame.Text(String text) -> WebSocketFrames.decodeLegacyText(text);
            case Frame.Binary(byte[] bytes) ->
                WebSocketFrames.decodeLegacyBinary(ByteBuffer.wrap(bytes));
          };
      assertSame(legacy, message);
    }
  }

  @Test
  void damagedFramesAreRefusedAndNothingElseIsThrown() {
    var random = new Random(7);
    for (int i = 0; i < 3_000; i++) {
      Message message = randomMessage(random);
      byte[] frame = WebSocketFrames.encodeV1(message).array().clone();
      for (int hits = 0; hits < 3; hits++) {
        frame[random.nextInt(Math.min(frame.length, 80))] = (byte) random.nextInt();
      }
      byte[] cut = java.util.Arrays.copyOf(frame, random.nextInt(frame.length + 1));
      decodesOrIsRefused(() -> WebSocketFrames.decodeV1(ByteBuffer.wrap(cut)));
      decodesOrIsRefused(() -> WebSocketFrames.decodeLegacyBinary(ByteBuffer.wrap(cut)));
      decodesOrIsRefused(() -> WebSocketFrames.decodeLegacyText(new String(cut, UTF_8)));
    }
  }

  @Test
  void frameOfEightOnesIsRefusedAtOnce() {
    byte[] hostile = new byte[64];
    java.util.Arrays.fill(hostile, 0, 8, (byte) 0xff);
    assertTimeoutPreemptively(
        Duration.ofSeconds(2),
        () -> assertRefused(() -> WebSocketFrames.decodeV1(ByteBuffer.wrap(hostile)), "offsets"));
  }

  @Test
  void offsetsThatGoBackOutsideOrNowhereAreRefused() {
    assertRefused(() -> WebSocketFrames.decodeV1(v1(56, 61, 50, 63, 65, 67)), "outside");
    assertRefused(() -> WebSocketFrames.decodeV1(v1(56, 61, 63, 65, 67, 1L << 40)), "outside");
    assertRefused(() -> WebSocketFrames.decodeV1(v1(56, 61, 63, 65, 67, -1)), "outside");
    assertRefused(() -> WebSocketFrames.decodeV1(v1(8, 61, 63, 65, 67, 69)), "outside");
    assertRefused(() -> WebSocketFrames.decodeV1(v1(56, 61, 63, 65, 67)), "offsets");
    assertRefused(() -> WebSocketFrames.decodeV1(ByteBuffer.allocate(0)), "too short");
    assertRefused(() -> WebSocketFrames.decodeV1(ByteBuffer.allocate(7)), "too short");
    ByteBuffer many = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 1_000_000);
    assertRefused(() -> WebSocketFrames.decodeV1(many), "claims 1000000");
    ByteBuffer table = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 10_000);
    assertRefused(() -> WebSocketFrames.decodeV1(table), "cannot hold");
  }

  @Test
  void legacyBinaryFrameThatLiesAboutItsPartsIsRefused() {
    for (int count : new int[] {0, -1, Integer.MAX_VALUE, 17_000, 3}) {
      ByteBuffer frame = ByteBuffer.allocate(12).putInt(0, count).putInt(4, 12).putInt(8, 12);
      assertRefused(() -> WebSocketFrames.decodeLegacyBinary(frame), "parts");
    }
    ByteBuffer backwards = ByteBuffer.allocate(40).putInt(0, 2).putInt(4, 30).putInt(8, 12);
    assertRefused(() -> WebSocketFrames.decodeLegacyBinary(backwards), "outside");
  }

  @Test
  void headerThatIsNoObjectIsRefused() {
    for (String header :
        List.of("", "null", "[]", "\"x\"", "{", "{}x", "{\"msg_id\":}", "\u0000")) {
      Message message = message(Channel.SHELL, header, "{}", "{}", "{}", List.of());
      assertRefused(() -> WebSocketFrames.decodeV1(WebSocketFrames.encodeV1(message)), "header");
    }
    assertRefused(() -> WebSocketFrames.decodeLegacyText("{\"content\":{}}"), "header");
    assertRefused(() -> WebSocketFrames.decodeLegacyText("{\"header\":[]}"), "header");
    assertRefused(() -> WebSocketFrames.decodeLegacyText("[]"), "object");
    assertRefused(() -> WebSocketFrames.decodeLegacyText("{\"header\":{}} {}"), "follows");
    assertRefused(() -> WebSocketFrames.decodeLegacyText("[".repeat(100_000)), "object");
    assertRefused(
        () -> WebSocketFrames.decodeLegacyText("{\"content\":{\"a\":" + "[".repeat(100_000)),
        "JSON");
  }

  @Test
  void unknownChannelIsRefusedByName() {
    assertRefused(
        () -> WebSocketFrames.decodeLegacyText("{\"channel\":\"shelf\",\"header\":" + HEADER + "}"),
        "'shelf'");
    assertThatThrownBy(() ->
            WebSocketFrames.decodeLegacyText("{\"channel\":\"shelf\",\"header\":" + HEADER + "}"))
        .isInstanceOf(UnknownChannelException.class);
  }

  @Test
  void legacyMessageWithoutChannelGoesToShell() throws MalformedMessageException {
    Message message = WebSocketFrames.decodeLegacyText("{\"header\":" + HEADER + "}");
    assertThat(message.channel()).isEqualTo(Channel.SHELL);
    assertThat(message.content()).asString(UTF_8).isEqualTo("{}");
  }

  @Test
  void jsonPartsAreCutOutAsTheyWereWritten() throws MalformedMessageException {
    String content = "{ \"b\" : 1.10, \"a\":1e400 ,\"u\":\"\\u00e9é😀\", \"b\":[ ] }";
    Message message =
        WebSocketFrames.decodeLegacyText(
            "{\"channel\":\"control\",\"buffers\":[],\"é😀\":1,\"content\": "
                + content
                + ",\"parent_header\":null,\"header\":"
                + HEADER
                + "}");
    assertThat(message.content()).asString(UTF_8).isEqualTo(content);
    assertThat(message.header()).asString(UTF_8).isEqualTo(HEADER);
    assertThat(message.parentHeader()).asString(UTF_8).isEqualTo("{}");
    assertThat(message.channel()).isEqualTo(Channel.CONTROL);
  }

  @Test
  void legacyFrameForPagesRepeatsIdAndTypeOnTop() {
    Message message = message(Channel.IOPUB, HEADER, "{}", "{}", "{\"x\":1.10}", List.of());
    assertThat(WebSocketFrames.encodeLegacy(message))
        .isEqualTo(
            new Frame.Text(
                "{\"header\":"
                    + HEADER
                    + ",\"msg_id\":\"a_1\",\"msg_type\":\"execute_request\",\"parent_header\":{},"
                    + "\"metadata\":{},\"content\":{\"x\":1.10},\"buffers\":[],\"channel\":\"iopub\"}"));
  }

  @Test
  void missingHeaderFieldsAreEmpty() {
    Message message =
        message(
            Channel.IOPUB, "{\"msg_id\":5,\"x\":{\"msg_type\":\"y\"}}", "", "{}", "{}", List.of());
    assertThat(message.parsedHeader()).isEqualTo(Header.EMPTY);
    assertThat(message.parsedParent()).isEqualTo(Header.EMPTY);
  }

  @Test
  void ourOwnMessagesHaveAnEmptyObjectAsParent() {
    Message message = Message.create(Channel.IOPUB, "status", "s", Header.EMPTY, "{}");
    assertThat(message.parentHeader()).asString(UTF_8).isEqualTo("{}");
    assertThat(message.parsedHeader().msgType()).isEqualTo("status");
    assertThat(message.parsedHeader().msgId()).isNotEmpty();
    Message answer = Message.create(Channel.SHELL, "x", "s", message.parsedHeader(), "{}");
    assertThat(answer.parsedParent()).isEqualTo(message.parsedHeader());
  }

  private interface Decoding {
    Message run() throws MalformedMessageException;
  }

  private static void assertRefused(Decoding decoding, String word) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(decoding::run)
        .withMessageContaining(word);
  }

  private static void decodesOrIsRefused(Decoding decoding) {
    try {
      assertThat(decoding.run()).isNotNull();
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static ByteBuffer v1(long... offsets) {
    ByteBuffer frame = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
    frame.putLong(offsets.length);
    for (long offset : offsets) {
      frame.putLong(offset);
    }
    return frame.rewind();
  }

  private static Message randomMessage(Random random) {
    var buffers = new ArrayList<byte[]>();
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] buffer = new byte[random.nextInt(300)];
      random.nextBytes(buffer);
      buffers.add(buffer);
    }
    Channel channel = List.of(Channel.values()).get(random.nextInt(4));
    return message(channel, HEADER, json(random), json(random), json(random), buffers);
  }

  private static String json(Random random) {
    var text = new StringBuilder("{");
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append("\"k").append(i).append("\": ");
      text.append(
          switch (random.nextInt(5)) {
            case 0 -> "1.10";
            case 1 -> "\"é\\n😀 " + random.nextLong() + "\"";
            case 2 -> "[1, {\"a\": null}]";
            case 3 -> "1e400";
            default -> "{}";
          });
      text.append(i > 1 ? " , " : "");
    }
    return text.append('}').toString();
  }

  private static Message message(
      Channel channel,
      String header,
      String parent,
      String metadata,
      String content,
      List<byte[]> buffers) {
    return new Message(
        channel,
        header.getBytes(UTF_8),
        parent.getBytes(UTF_8),
        metadata.getBytes(UTF_8),
        content.getBytes(UTF_8),
        buffers);
  }

  private static void assertSame(Message actual, Message expected) {
    assertThat(actual.channel()).isEqualTo(expected.channel());
    assertThat(actual.parts()).hasSameSizeAs(expected.parts());
    for (int i = 0; i < actual.parts().size(); i++) {
      assertThat(actual.parts().get(i)).isEqualTo(expected.parts().get(i));
    }
  }
}
