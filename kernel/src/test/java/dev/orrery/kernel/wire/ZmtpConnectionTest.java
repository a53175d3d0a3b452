package dev.orrery.kernel.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Our side of the wire against jeromq's. */
class ZmtpConnectionTest {

  private static final long MAX = 64 << 20;

  private final ZContext zmq = new ZContext();

  @AfterEach
  void closeReferee() {
    zmq.close();
  }

  @Test
  void routerKnowsDealerByIdentityAndGetsEverySizeOfPart() throws IOException {
    ZMQ.Socket router = zmq.createSocket(org.zeromq.SocketType.ROUTER);
    int port = router.bindToRandomPort("tcp://127.0.0.1");
    var random = new Random(3);
    try (ZmtpConnection dealer = connect(port, SocketType.DEALER)) {
      for (int size : new int[] {0, 1, 255, 256, 70_000, 131_072, 5_000_000}) {
        byte[] part = new byte[size];
        random.nextBytes(part);
        dealer.write(List.of(part, new byte[0], part));
        assertThat(router.recv()).isEqualTo("me".getBytes(UTF_8));
        assertThat(router.recv()).isEqualTo(part);
        assertThat(router.recv()).isEmpty();
        assertThat(router.recv()).isEqualTo(part);
        assertThat(router.hasReceiveMore()).isFalse();

        router.sendMore("me".getBytes(UTF_8));
        router.sendMore(part);
        router.send(part);
        assertThat(dealer.read()).containsExactly(part, part);
      }
    }
  }

  @Test
  void messageThatIsTooLargeIsSkippedAndTheNextOneComes() throws IOException {
    ZMQ.Socket router = zmq.createSocket(org.zeromq.SocketType.ROUTER);
    int port = router.bindToRandomPort("tcp://127.0.0.1");
    try (ZmtpConnection dealer =
        ZmtpConnection.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            SocketType.DEALER,
            "me".getBytes(UTF_8),
            1024,
            10_000)) {
      dealer.write(List.of("hello".getBytes(UTF_8)));
      assertThat(router.recv()).isNotNull();
      assertThat(router.recv()).isNotNull();
      for (int size : new int[] {1_000_000, 3}) {
        router.sendMore("me".getBytes(UTF_8));
        router.sendMore("head".getBytes(UTF_8));
        router.send(new byte[size]);
      }
      assertThatExceptionOfType(OversizedMessageException.class)
          .isThrownBy(dealer::read)
          .satisfies(e -> {
            assertThat(e.size()).isEqualTo(1_000_004);
            assertThat(e.parts()).containsExactly("head".getBytes(UTF_8), new byte[0]);
          });
      assertThat(dealer.read()).containsExactly("head".getBytes(UTF_8), new byte[3]);
    }
  }

  @Test
  void subscriberHearsEverythingInOrder() throws IOException {
    ZMQ.Socket publisher = zmq.createSocket(org.zeromq.SocketType.XPUB);
    publisher.setHWM(0);
    int port = publisher.bindToRandomPort("tcp://127.0.0.1");
    try (ZmtpConnection subscriber = connect(port, SocketType.SUB)) {
      assertThat(publisher.recv()).as("the subscription to everything").containsExactly(1);
      for (int i = 0; i < 10_000; i++) {
        publisher.sendMore("topic");
        publisher.send(Integer.toString(i));
      }
      for (int i = 0; i < 10_000; i++) {
        assertThat(subscriber.read().get(1)).asString(UTF_8).isEqualTo(Integer.toString(i));
      }
    }
  }

  @Test
  void heartbeatsOfThePeerAreAnswered() throws IOException {
    ZMQ.Socket router = zmq.createSocket(org.zeromq.SocketType.ROUTER);
    router.setHeartbeatIvl(50);
    router.setHeartbeatTimeout(200);
    router.setReceiveTimeOut(5_000);
    int port = router.bindToRandomPort("tcp://127.0.0.1");
    try (ZmtpConnection dealer = connect(port, SocketType.DEALER)) {
      dealer.write(List.of("first".getBytes(UTF_8)));
      assertThat(router.recv()).isNotNull();
      assertThat(router.recv()).isNotNull();
      Thread later =
          Thread.startVirtualThread(() -> {
            ZMQ.msleep(1_000);
            router.sendMore("me".getBytes(UTF_8));
            router.send("still there".getBytes(UTF_8));
          });
      assertThat(dealer.read().getFirst()).asString(UTF_8).isEqualTo("still there");
      assertThat(later).isNotNull();
    }
  }

  @Test
  void endOfThePeerEndsReading() throws IOException {
    ZMQ.Socket router = zmq.createSocket(org.zeromq.SocketType.ROUTER);
    int port = router.bindToRandomPort("tcp://127.0.0.1");
    try (ZmtpConnection dealer = connect(port, SocketType.DEALER)) {
      router.close();
      assertThatExceptionOfType(IOException.class).isThrownBy(dealer::read);
    }
  }

  @Test
  void nobodyListeningIsSaidAtOnce() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> connect(port, SocketType.DEALER));
  }

  @Test
  void peerThatSpeaksHttpIsRefused() throws IOException {
    assertRefused("HTTP/1.1 400 Bad Request\r\n".repeat(4).getBytes(UTF_8), "ZeroMQ");
  }

  @Test
  void peerThatWantsPasswordsIsRefused() throws IOException {
    byte[] greeting = greeting();
    System.arraycopy("CURVE".getBytes(UTF_8), 0, greeting, 12, 5);
    assertRefused(greeting, "CURVE");
  }

  @Test
  void oldPeerIsRefused() throws IOException {
    byte[] greeting = greeting();
    greeting[10] = 1;
    assertRefused(greeting, "ZMTP 1");
  }

  @Test
  void hostileFramesAreRefusedBeforeAnythingIsAllocated() throws IOException {
    for (byte[] frame :
        List.of(
            new byte[] {2, -1, -1, -1, -1, -1, -1, -1, -1},
            new byte[] {2, 0x7f, -1, -1, -1, -1, -1, -1, -1},
            new byte[] {8, 1, 0},
            new byte[] {4, 0},
            new byte[] {4, 1, 9},
            new byte[] {6, 0, 0, 0, 0, 1, 0, 0, 0})) {
      ByteBuffer bytes = ByteBuffer.allocate(64 + 8 + frame.length);
      bytes.put(greeting()).put(new byte[] {4, 6, 5, 'R', 'E', 'A', 'D', 'Y'}).put(frame);
      try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        Thread peer = serve(server, bytes.array());
        try (ZmtpConnection dealer = connect(server.getLocalPort(), SocketType.DEALER)) {
          assertThatExceptionOfType(ZmtpException.class).isThrownBy(dealer::read);
        }
        assertThat(peer).isNotNull();
      }
    }
  }

  @Test
  void claimedSizeIsNotBelieved() throws IOException {
    // 60 MB are within the bound, but only three bytes of them ever come.
    ByteBuffer bytes = ByteBuffer.allocate(64 + 8 + 9 + 3);
    bytes.put(greeting()).put(new byte[] {4, 6, 5, 'R', 'E', 'A', 'D', 'Y'});
    bytes.put((byte) 2).putLong(60_000_000);
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread peer = serve(server, bytes.array());
      try (ZmtpConnection dealer = connect(server.getLocalPort(), SocketType.DEALER)) {
        assertThatExceptionOfType(EOFException.class).isThrownBy(dealer::read);
      }
      assertThat(peer).isNotNull();
    }
  }

  private static void assertRefused(byte[] greeting, String word) throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread peer = serve(server, greeting);
      assertThatExceptionOfType(ZmtpException.class)
          .isThrownBy(() -> connect(server.getLocalPort(), SocketType.DEALER))
          .withMessageContaining(word);
      assertThat(peer).isNotNull();
    }
  }

  /** Says its piece, listens until the greeting has come, and hangs up. */
  private static Thread serve(ServerSocket server, byte[] bytes) {
    return Thread.startVirtualThread(() -> {
      try (Socket socket = server.accept()) {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The test is over.
      }
    });
  }

  private static byte[] greeting() {
    byte[] greeting = new byte[64];
    greeting[0] = (byte) 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    System.arraycopy("NULL".getBytes(UTF_8), 0, greeting, 12, 4);
    return greeting;
  }

  private static ZmtpConnection connect(int port, SocketType type) throws IOException {
    return ZmtpConnection.connect(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        type,
        "me".getBytes(UTF_8),
        16 * 1024,
        MAX);
  }
}
