package dev.orrery.proxy.net;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one side of a proxy. Looks now and then whether its files have changed and takes the new
 * ones for the connections that come then; those that are open go on with what they have. Files
 * that can't be used are told of once, and the last good ones go on. Thread-safe.
 */
public final class Tls {

  /** Makes a context from the files as they are. */
  private interface Loader {
    SslContext load() throws IOException;
  }

  private static final System.Logger LOG = System.getLogger(Tls.class.getName());
  private static final ApplicationProtocolConfig HTTP_2_OR_1 =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2,
          ApplicationProtocolNames.HTTP_1_1);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final TlsFiles files;
  private final Loader loader;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile @Nullable SslContext context;
  private volatile Map<Path, String> state;
  private volatile long lookedAt = System.nanoTime();

  private Tls(TlsFiles files, Loader loader, boolean later) throws IOException {
    this.files = files;
    this.loader = loader;
    this.state = state();
    this.context = later ? null : loader.load();
  }

  /**
   * TLS towards those who connect to us. Versions 1.2 and 1.3.
   *
   * @param files with a key and a certificate
   * @param http2 whether HTTP/2 is offered beside HTTP/1
   * @throws IOException when a file can't be read or the files don't belong together; the message
   *     names the file
   */
  public static Tls server(TlsFiles files, boolean http2) throws IOException {
    return new Tls(files, () -> serverContext(files, http2), false);
  }

  /**
   * TLS towards those we connect to.
   *
   * @param verify whether their certificates and names are checked
   * @throws IOException when a file can't be read or the files don't belong together; the message
   *     names the file
   */
  public static Tls client(TlsFiles files, boolean verify) throws IOException {
    // Without files nothing can be wrong, and half a second of a start is saved.
    return new Tls(files, () -> clientContext(files, verify), files.all().isEmpty());
  }

  /** What connections get that are made now. May read files, every few seconds. */
  public SslContext context() {
    if (System.nanoTime() - lookedAt > PAUSE.toNanos() && looking.compareAndSet(false, true)) {
      // Not by the connection that happened to come now: files may be slow.
      Thread.ofVirtual().name("tls files").start(this::look);
    }
    SslContext current = context;
    return current == null ? first() : current;
  }

  private synchronized SslContext first() {
    try {
      SslContext made = context == null ? loader.load() : context;
      context = made;
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void look() {
    try {
      Map<Path, String> now = state();
      if (!now.equals(state)) {
        state = now;
        context = loader.load();
        LOG.log(INFO, "Took new TLS files: " + files.all());
      }
    } catch (IOException e) {
      LOG.log(ERROR, "The TLS files have changed and can't be used: " + e.getMessage());
    } finally {
      lookedAt = System.nanoTime();
      looking.set(false);
    }
  }

  private Map<Path, String> state() throws IOException {
    Map<Path, String> found = new HashMap<>();
    for (Path file : files.all()) {
      // The key of a file tells when it was replaced within the tick of a clock.
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      found.put(
          file,
          attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey());
    }
    return found;
  }

  private static SslContext serverContext(TlsFiles files, boolean http2) throws IOException {
    Path key = files.key().orElseThrow(() -> new IOException("TLS needs a key"));
    Path certificate =
        files.certificate().orElseThrow(() -> new IOException("TLS needs a certificate"));
    var builder =
        SslContextBuilder.forServer(key(key, files), certificates(certificate))
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2");
    if (files.authorities().isPresent()) {
      builder.trustManager(certificates(files.authorities().get()));
    }
    if (http2) {
      builder.applicationProtocolConfig(HTTP_2_OR_1);
    }
    if (files.askForCertificate()) {
      builder.clientAuth(ClientAuth.REQUIRE);
    }
    return builder.build();
  }

  private static SslContext clientContext(TlsFiles files, boolean verify) throws IOException {
    var builder =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3", "TLSv1.2")
            .endpointIdentificationAlgorithm(verify ? "HTTPS" : null);
    if (files.key().isPresent() && files.certificate().isPresent()) {
      builder.keyManager(key(files.key().get(), files), certificates(files.certificate().get()));
    }
    if (!verify) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    } else if (files.authorities().isPresent()) {
      builder.trustManager(certificates(files.authorities().get()));
    }
    return builder.build();
  }

  private static PrivateKey key(Path file, TlsFiles files) throws IOException {
    try {
      return PemKey.read(file, files.passphrase());
    } catch (IOException e) {
      throw new IOException("The key file " + file + ": " + e.getMessage(), e);
    }
  }

  private static X509Certificate[] certificates(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<?> found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new IOException("no certificate in PEM form");
      }
      return found.toArray(X509Certificate[]::new);
    } catch (CertificateException | IOException e) {
      throw new IOException("The certificate file " + file + ": " + e.getMessage(), e);
    }
  }
}
