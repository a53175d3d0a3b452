package dev.orrery.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which certificates are good enough. */
class HttpCallsTlsTest {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path folder;
  private HttpsServer server;
  private SSLContext trusting;

  @BeforeEach
  void start() throws Exception {
    Path file = folder.resolve("keys.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    var made =
        new ProcessBuilder(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=cluster.example",
                "-ext",
                "san=dns:cluster.example",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(made.waitFor(60, TimeUnit.SECONDS) && made.exitValue() == 0)
        .as(Files.readString(folder.resolve("keytool.log")))
        .isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext serving = SSLContext.getInstance("TLS");
    serving.init(own.getKeyManagers(), null, null);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trust.getTrustManagers(), null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(serving));
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private int ask(HttpSettings.Contexts context, String serverName, List<String> versions)
      throws IOException, InterruptedException {
    var tls = new HttpSettings.Tls(context, versions, serverName);
    try (var calls = new HttpCalls(new HttpSettings(LONG, LONG, tls, Optional.empty(), false))) {
      URI url = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
      return calls.call(new HttpUriRequestBase("GET", url), LONG, answer -> answer.getCode());
    }
  }

  @Test
  void aTrustedCertificateForTheNameThatIsExpectedWillDo() throws Exception {
    assertThat(ask(() -> trusting, "cluster.example", List.of())).isEqualTo(204);
    assertThat(ask(() -> trusting, "cluster.example", List.of("TLSv1.2"))).isEqualTo(204);
  }

  @Test
  void aTrustedCertificateForAnotherNameIsRefused() {
    assertThatThrownBy(() -> ask(() -> trusting, "", List.of())).isInstanceOf(SSLException.class);
    assertThatThrownBy(() -> ask(() -> trusting, "other.example", List.of()))
        .isInstanceOf(SSLException.class);
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() {
    assertThatThrownBy(() -> ask(SSLContext::getDefault, "cluster.example", List.of()))
        .isInstanceOf(SSLException.class);
  }
}
