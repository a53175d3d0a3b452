package dev.orrery.proxy.forward;

import static dev.orrery.proxy.wire.RawBackend.OK;
import static dev.orrery.proxy.wire.RawBackend.answering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.orrery.proxy.net.Certificates;
import dev.orrery.proxy.net.Tls;
import dev.orrery.proxy.net.TlsFiles;
import dev.orrery.proxy.routes.Target;
import dev.orrery.proxy.wire.RawBackend;
import dev.orrery.proxy.wire.RawClient;
import dev.orrery.proxy.wire.RunningProxy;
import io.netty.handler.ssl.JdkSslContext;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS on both sides of the proxy. */
class TlsTest {

  private static final String ASK = "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

  private final Certificates certificates;

  TlsTest(@TempDir Path folder) throws Exception {
    certificates = new Certificates(folder);
  }

  private TlsFiles trusting() {
    return new TlsFiles(
        Optional.empty(),
        Optional.empty(),
        Optional.of(certificates.authority()),
        Optional.empty(),
        false);
  }

  private static RunningProxy front(Tls tls) throws IOException {
    return RunningProxy.with().front(tls).start();
  }

  private static RunningProxy back(Tls tls) throws IOException {
    return RunningProxy.with().back(tls).start();
  }

  private static SSLSocket connect(int port, Tls tls) throws IOException {
    var context = ((JdkSslContext) tls.context()).context();
    var socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    socket.startHandshake();
    return socket;
  }

  private static String ask(Socket socket) throws IOException {
    return new RawClient(socket).send(ASK).toEnd();
  }

  @Test
  void clientsSpeakTlsAndBackendsSeeIt() throws Exception {
    Tls front = Tls.server(certificates.issue("front", false), true);
    try (var proxy = front(front);
        var backend =
            new RawBackend(connection -> {
              String head = connection.head().orElseThrow().head();
              boolean told =
                  head.contains("x-forwarded-proto: https")
                      && head.contains("x-forwarded-port: 443");
              connection.send(told ? OK : OK.replace("200 OK", "500 Not told"));
            })) {
      proxy.route("/", backend.target());
      try (var socket = connect(proxy.port(), Tls.client(trusting(), true))) {
        assertThat(ask(socket)).startsWith("HTTP/1.1 200 OK").endsWith("ok");
      }
    }
  }

  @Test
  void clientsWithoutACertificateStayOutWhereOneIsAskedFor() throws Exception {
    Tls front = Tls.server(certificates.issue("front", true), true);
    try (var proxy = front(front)) {
      assertThatIOException()
          .isThrownBy(() -> {
            try (var socket = connect(proxy.port(), Tls.client(trusting(), true))) {
              ask(socket);
            }
          });
      try (var socket =
          connect(proxy.port(), Tls.client(certificates.issue("someone", false), true))) {
        assertThat(ask(socket)).startsWith("HTTP/1.1 404 ");
      }
    }
  }

  /** The backend is a second proxy that asks for certificates. */
  @Test
  void backendsAreCheckedAndSeeOurCertificate() throws Exception {
    Tls server = Tls.server(certificates.issue("backend", true), true);
    Tls known = Tls.client(certificates.issue("proxy", false), true);
    try (var behind = front(server);
        var backend = new RawBackend(answering(OK));
        var good = back(known);
        var distrusting = RunningProxy.start()) {
      behind.route("/", backend.target());
      good.route("/", "https://127.0.0.1:" + behind.port());
      distrusting.route("/", "https://127.0.0.1:" + behind.port());
      try (var client = new RawClient(good.port());
          var other = new RawClient(distrusting.port())) {
        assertThat(client.send(ASK).toEnd()).startsWith("HTTP/1.1 200 OK").endsWith("ok");
        assertThat(other.send(ASK).toEnd()).startsWith("HTTP/1.1 503 ");
      }
    }
  }

  /** A hub whose traffic is encrypted lets in nobody else, and its pages are for everybody. */
  @Test
  void aServerOfErrorPagesSeesOurCertificateToo() throws Exception {
    Tls server = Tls.server(certificates.issue("pages", true), true);
    Tls known = Tls.client(certificates.issue("proxy", false), true);
    try (var front = front(server);
        var pages = new RawBackend(answering(OK))) {
      front.route("/", pages.target());
      Target target = Target.parse("https://127.0.0.1:" + front.port() + "/hub/error/");
      try (var proxy = RunningProxy.with().pages(ErrorPages.ofServer(target)).back(known).start();
          var client = new RawClient(proxy.port())) {
        assertThat(client.send(ASK).toEnd()).startsWith("HTTP/1.1 404 ").endsWith("\r\n\r\nok");
      }
    }
  }

  @Test
  void aBackendWithTheNameOfAnotherIsRefusedUnlessNothingIsChecked() throws Exception {
    Tls server = Tls.server(certificates.issue("backend", false, "DNS:elsewhere"), true);
    try (var behind = front(server);
        var strict = back(Tls.client(trusting(), true));
        var careless = back(Tls.client(TlsFiles.none(), false))) {
      String target = "https://127.0.0.1:" + behind.port();
      strict.route("/", target);
      careless.route("/", target);
      try (var one = new RawClient(strict.port());
          var other = new RawClient(careless.port())) {
        assertThat(one.send(ASK).toEnd()).startsWith("HTTP/1.1 503 ");
        assertThat(other.send(ASK).toEnd()).startsWith("HTTP/1.1 404 ");
      }
    }
  }

  @Test
  void newFilesAreTakenForNewConnectionsAndOpenOnesGoOn() throws Exception {
    TlsFiles files = certificates.issue("front", false);
    Tls front = Tls.server(files, true);
    Tls trusting = Tls.client(trusting(), true);
    try (var proxy = front(front);
        var open = connect(proxy.port(), trusting)) {
      assertThat(subject(open)).isEqualTo("CN=front");
      TlsFiles renewed = certificates.issue("renewed", false);
      Files.move(
          renewed.key().orElseThrow(),
          files.key().orElseThrow(),
          StandardCopyOption.REPLACE_EXISTING);
      Files.move(
          renewed.certificate().orElseThrow(),
          files.certificate().orElseThrow(),
          StandardCopyOption.REPLACE_EXISTING);
      String seen = "";
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!seen.equals("CN=renewed") && System.nanoTime() < end) {
        try (var socket = connect(proxy.port(), trusting)) {
          seen = subject(socket);
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
      assertThat(seen).isEqualTo("CN=renewed");
      assertThat(ask(open)).startsWith("HTTP/1.1 404 ");
    }
  }

  @Test
  void filesThatDoNotWorkAreRefusedByName() throws Exception {
    TlsFiles files = certificates.issue("front", false);
    Path key = files.key().orElseThrow();
    Files.writeString(key, "nothing");
    assertThatIOException()
        .isThrownBy(() -> Tls.server(files, true))
        .withMessageContaining(key.toString());
  }

  private static String subject(SSLSocket socket) throws IOException {
    var certificate = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return certificate.getSubjectX500Principal().getName();
  }
}
