package dev.orrery.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** WebSockets frame by frame. */
class WebSocketTest {

  private static final int MAX_MESSAGE = 100_000;
  private static final WebSocketOptions OPTIONS =
      new WebSocketOptions(
          MAX_MESSAGE, Duration.ZERO, Duration.ZERO, Duration.ofMillis(500), false);

  /** Sends back what it gets and notes what happens to it. */
  private static final class Echo implements WebSocketEndpoint {
    final BlockingQueue<String> closes = new LinkedBlockingQueue<>();
    final BlockingQueue<WebSocketConnection> connections = new LinkedBlockingQueue<>();
    final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
    private volatile @Nullable WebSocketConnection connection;

    @Override
    public void opened(WebSocketConnection opened) {
      connection = opened;
      connections.add(opened);
    }

    @Override
    public void text(String message) {
      WebSocketConnection open = connection;
      try {
        if (message.equals("throw")) {
          throw new IllegalStateException("secret detail");
        }
        if (open != null && message.startsWith("close ")) {
          open.close(1000, message.substring(6));
        } else if (open != null) {
          open.sendText("echo " + message);
        }
      } catch (IOException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void binary(ByteBuffer message) {
      WebSocketConnection open = connection;
      try {
        if (open != null) {
          open.sendBinary(message);
        }
      } catch (IOException e) {
        failures.add(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void closed(int code, String reason) {
      closes.add(code + " " + reason);
    }

    WebSocketConnection connection() throws InterruptedException {
      WebSocketConnection next = connections.poll(20, TimeUnit.SECONDS);
      assertThat(next).as("a connection").isNotNull();
      if (next == null) {
        throw new AssertionError();
      }
      return next;
    }

    String close() throws InterruptedException {
      String close = closes.poll(20, TimeUnit.SECONDS);
      assertThat(close).as("the endpoint is told of the close").isNotNull();
      return String.valueOf(close);
    }
  }

  private final Echo echo = new Echo();
  private @Nullable TestServer server;

  @BeforeEach
  void start() throws IOException {
    var pinging =
        new WebSocketOptions(
            MAX_MESSAGE,
            Duration.ofMillis(100),
            Duration.ofMillis(400),
            Duration.ofSeconds(5),
            false);
    server =
        new TestServer(
            new Routes()
                .add(
                    Routes.Kind.API,
                    "GET",
                    "/ws",
                    e ->
                        e.upgrade(
                            OPTIONS,
                            e.offeredSubprotocols().contains("v1")
                                ? Optional.of("v1")
                                : Optional.empty(),
                            echo))
                .add(
                    Routes.Kind.API,
                    "GET",
                    "/ping",
                    e -> e.upgrade(pinging, Optional.empty(), echo))
                .add(
                    Routes.Kind.API,
                    "GET",
                    "/refused",
                    _ -> {
                      throw new HttpException(403, "Forbidden");
                    })
                .add(Routes.Kind.API, "GET", "/plain", e -> e.sendEmpty(200)));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private RawWebSocket open(String target, String... headers) throws IOException {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return new RawWebSocket(server.connect(), target, headers);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theHandshakeAnswersTheKeyAndChoosesAnOfferedProtocol() throws IOException {
    try (var socket = open("/ws", "Sec-WebSocket-Protocol: v0, v1")) {
      assertThat(socket.handshake.status()).isEqualTo(101);
      assertThat(socket.handshake.header("Sec-WebSocket-Accept"))
          .hasValue("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
      assertThat(socket.handshake.header("Sec-WebSocket-Protocol")).hasValue("v1");
    }
    try (var socket = open("/ws", "Sec-WebSocket-Protocol: v0")) {
      assertThat(socket.handshake.status()).isEqualTo(101);
      assertThat(socket.handshake.header("Sec-WebSocket-Protocol")).isEmpty();
    }
    try (var socket = open("/ws", "Sec-WebSocket-Extensions: permessage-deflate")) {
      assertThat(socket.handshake.header("Sec-WebSocket-Extensions")).isEmpty();
    }
  }

  @Test
  void aHandshakeThatIsNoneIsRefused() throws IOException {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    RawHttp.Answer plain = server.ask("GET", "/ws");
    assertThat(plain.status()).isEqualTo(400);
    assertThat(plain.body()).contains("WebSocket");
    String upgrade = "Upgrade: websocket";
    String connection = "Connection: Upgrade";
    String version = "Sec-WebSocket-Version: 13";
    String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    assertThat(server.ask("GET", "/ws", upgrade, connection, version).status()).isEqualTo(400);
    assertThat(server.ask("GET", "/ws", upgrade, connection, key).status()).isIn(400, 426);
    assertThat(
            server.ask("GET", "/ws", upgrade, connection, key, "Sec-WebSocket-Version: 7").status())
        .isIn(400, 426);
  }

  @Test
  void aRefusalBeforeTheUpgradeIsAnOrdinaryAnswer() throws IOException {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    RawHttp.Answer answer =
        server.ask(
            "GET",
            "/refused",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.body()).isEqualTo("{\"message\":\"Forbidden\",\"reason\":null}");
  }

  @Test
  void aServerThatStopsKeepsThoseThereAreAndTakesNoMore() throws IOException {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    try (var socket = open("/ws")) {
      server.http().refuseWebSockets();
      assertThat(socket.send(RawWebSocket.TEXT, "still").receive().text()).isEqualTo("echo still");
      RawHttp.Answer answer =
          server.ask(
              "GET",
              "/ws",
              "Upgrade: websocket",
              "Connection: Upgrade",
              "Sec-WebSocket-Version: 13",
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body()).contains("The server is stopping");
    }
  }

  @Test
  void textAndBinaryMessagesGoBothWays() throws IOException {
    try (var socket = open("/ws")) {
      assertThat(socket.send(RawWebSocket.TEXT, "hü😀").receive().text()).isEqualTo("echo hü😀");
      assertThat(socket.send(RawWebSocket.TEXT, "").receive().text()).isEqualTo("echo ");
      RawWebSocket.Frame frame =
          socket.send(true, RawWebSocket.BINARY, new byte[] {0, -1, 5}, true).receive();
      assertThat(frame.opcode()).isEqualTo(RawWebSocket.BINARY);
      assertThat(frame.payload()).containsExactly(0, -1, 5);
    }
  }

  @Test
  void aMessageOfExactlyTheLimitPasses() throws IOException {
    try (var socket = open("/ws")) {
      socket.send(true, RawWebSocket.BINARY, new byte[MAX_MESSAGE], true);
      int received = 0;
      while (received < MAX_MESSAGE) {
        received += socket.receive().payload().length;
      }
      assertThat(received).isEqualTo(MAX_MESSAGE);
    }
  }

  @Test
  void aCharacterMayBeCutByFragments() throws IOException {
    byte[] text = utf8("a😀b");
    try (var socket = open("/ws")) {
      for (int i = 0; i < text.length; i++) {
        boolean last = i == text.length - 1;
        int opcode = i == 0 ? RawWebSocket.TEXT : RawWebSocket.CONTINUATION;
        socket.send(last, opcode, new byte[] {text[i]}, true);
        // A control frame may come between fragments.
        socket.send(RawWebSocket.PING, "p" + i);
        assertThat(socket.receive().opcode())
            .isIn(RawWebSocket.PONG, last ? RawWebSocket.TEXT : RawWebSocket.PONG);
      }
      assertThat(socket.send(RawWebSocket.TEXT, "next").receive().text()).isNotEmpty();
    }
  }

  @Test
  void textThatIsNotUtf8ClosesWith1007() throws Exception {
    for (byte[] bad :
        List.of(
            new byte[] {(byte) 0xc3, (byte) 0x28},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {'a', (byte) 0xe2, (byte) 0x82})) {
      try (var socket = open("/ws")) {
        RawWebSocket.Frame frame = socket.send(true, RawWebSocket.TEXT, bad, true).receive();
        assertThat(frame.opcode()).isEqualTo(RawWebSocket.CLOSE);
        assertThat(frame.closeCode()).isEqualTo(1007);
        assertThat(echo.close()).isNotEmpty();
      }
    }
  }

  @Test
  void aMessageOverTheLimitClosesWith1009AlsoWhenItComesInFragments() throws Exception {
    try (var socket = open("/ws")) {
      RawWebSocket.Frame frame =
          socket.send(true, RawWebSocket.TEXT, new byte[MAX_MESSAGE + 1], true).receive();
      assertThat(frame.closeCode()).isEqualTo(1009);
      assertThat(echo.close()).isNotEmpty();
    }
    try (var socket = open("/ws")) {
      socket.send(false, RawWebSocket.BINARY, new byte[MAX_MESSAGE / 2], true);
      socket.send(false, RawWebSocket.CONTINUATION, new byte[MAX_MESSAGE / 2], true);
      socket.send(true, RawWebSocket.CONTINUATION, new byte[1], true);
      assertThat(socket.receive().closeCode()).isEqualTo(1009);
      assertThat(echo.close()).isNotEmpty();
    }
  }

  @Test
  void framesThatBreakTheProtocolCloseWith1002() throws Exception {
    for (int broken = 0; broken < 4; broken++) {
      try (var socket = open("/ws")) {
        switch (broken) {
          case 0 -> socket.send(true, RawWebSocket.TEXT, utf8("x"), false);
          case 1 -> socket.send(true, 3, utf8("x"), true);
          case 2 -> socket.send(true, RawWebSocket.CONTINUATION, utf8("x"), true);
          default -> socket.send(false, RawWebSocket.PING, utf8("x"), true);
        }
        RawWebSocket.Frame frame = socket.receive();
        assertThat(frame.opcode()).as("case " + broken).isEqualTo(RawWebSocket.CLOSE);
        assertThat(frame.closeCode()).as("case " + broken).isEqualTo(1002);
        echo.close();
      }
    }
  }

  @Test
  void aPingIsAnsweredWithItsOwnPayload() throws IOException {
    try (var socket = open("/ws")) {
      RawWebSocket.Frame pong = socket.send(RawWebSocket.PING, "abc").receive();
      assertThat(pong.opcode()).isEqualTo(RawWebSocket.PONG);
      assertThat(pong.text()).isEqualTo("abc");
      socket.send(RawWebSocket.PONG, "nobody asked");
      assertThat(socket.send(RawWebSocket.TEXT, "x").receive().text()).isEqualTo("echo x");
    }
  }

  @Test
  void aCloseIsEchoedAndTheEndpointTold() throws Exception {
    try (var socket = open("/ws")) {
      RawWebSocket.Frame frame = socket.close(4001).receive();
      assertThat(frame.opcode()).isEqualTo(RawWebSocket.CLOSE);
      assertThat(frame.closeCode()).isEqualTo(4001);
      assertThat(echo.close()).startsWith("4001");
      assertThat(socket.http.isClosedByPeer()).isTrue();
    }
    assertThat(echo.closes).as("it is told once").isEmpty();
  }

  @Test
  void aConnectionThatJustEndsIsToldToo() throws Exception {
    open("/ws").close();
    assertThat(echo.close()).startsWith("100");
  }

  @Test
  void theServerClosesWithItsReasonHoweverLongItIs() throws Exception {
    for (String reason : List.of("done", "x".repeat(500), "ü".repeat(119), "😀".repeat(70))) {
      try (var socket = open("/ws")) {
        RawWebSocket.Frame frame = socket.send(RawWebSocket.TEXT, "close " + reason).receive();
        assertThat(frame.opcode()).isEqualTo(RawWebSocket.CLOSE);
        assertThat(frame.closeCode()).as(reason).isEqualTo(1000);
        assertThat(reason).startsWith(frame.closeReason());
        assertThat(frame.payload().length).isLessThanOrEqualTo(125);
        socket.close(1000);
        assertThat(echo.close()).as(reason).startsWith("1000");
        assertThat(socket.http.isClosedByPeer()).isTrue();
      }
    }
  }

  @Test
  void anEndpointThatFailsClosesItsConnectionWithoutItsInsides() throws Exception {
    try (var socket = open("/ws")) {
      RawWebSocket.Frame frame = socket.send(RawWebSocket.TEXT, "throw").receive();
      assertThat(frame.opcode()).isEqualTo(RawWebSocket.CLOSE);
      assertThat(frame.closeCode()).isEqualTo(1011);
      assertThat(frame.closeReason()).doesNotContain("secret").doesNotContain("Exception");
      assertThat(echo.close()).startsWith("1011");
    }
  }

  @Test
  void aClientThatReadsNothingIsCutOffAndHoldsUpNobody() throws Exception {
    try (var slow = open("/ws")) {
      assertThat(slow.handshake.status()).isEqualTo(101);
      WebSocketConnection connection = echo.connection();
      String megabyte = "x".repeat(1 << 20);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  connection.sendText(megabyte);
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(echo.close()).isNotEmpty();
      assertThat(connection.isOpen()).isFalse();
      assertThatThrownBy(() -> connection.sendText("x")).isInstanceOf(IOException.class);
    }
    try (var other = open("/ws")) {
      assertThat(other.send(RawWebSocket.TEXT, "x").receive().text()).isEqualTo("echo x");
    }
  }

  @Test
  void pingsAreSentAndAClientThatDoesNotAnswerIsDropped() throws Exception {
    try (var socket = open("/ping")) {
      assertThat(socket.receive().opcode()).isEqualTo(RawWebSocket.PING);
      assertThat(echo.close()).isNotEmpty();
    }
  }

  @Test
  void aClientThatAnswersPingsStaysHoweverQuietItIs() throws Exception {
    try (var socket = open("/ping")) {
      for (int i = 0; i < 10; i++) {
        RawWebSocket.Frame ping = socket.receive();
        assertThat(ping.opcode()).isEqualTo(RawWebSocket.PING);
        socket.send(true, RawWebSocket.PONG, ping.payload(), true);
      }
      assertThat(echo.closes).isEmpty();
    }
  }

  @Test
  void messagesSentByManyThreadsArriveWhole() throws Exception {
    try (var socket = open("/ws")) {
      WebSocketConnection connection = echo.connection();
      for (int i = 0; i < 8; i++) {
        String text = Integer.toString(i).repeat(5_000);
        Thread.ofVirtual()
            .start(() -> {
              for (int n = 0; n < 50; n++) {
                try {
                  connection.sendText(text);
                } catch (IOException e) {
                  echo.failures.add(String.valueOf(e));
                }
              }
            });
      }
      for (int i = 0; i < 400; i++) {
        RawWebSocket.Frame frame = socket.receive();
        assertThat(frame.last()).isTrue();
        assertThat(frame.text()).isEqualTo(frame.text().substring(0, 1).repeat(5_000));
      }
      assertThat(echo.failures).isEmpty();
    }
  }
}
