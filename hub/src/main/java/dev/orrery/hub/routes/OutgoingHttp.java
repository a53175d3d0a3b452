package dev.orrery.hub.routes;

import java.net.URI;
import java.net.http.HttpClient;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Clients for what the hub asks of others. The platform's client reads all trusted certificates
 * when it is made, which is a third of a hub's start; mostly nothing but plain HTTP is spoken, and
 * so that is done when the first address with TLS comes. Thread-safe.
 */
public final class OutgoingHttp implements AutoCloseable {

  private final HttpClient plain;
  private final Duration connect;
  private @Nullable HttpClient secure;

  /** Gives up a connection that is not there after {@code connect}. */
  public OutgoingHttp(Duration connect) {
    this.connect = connect;
    plain = builder().sslContext(new NoTls()).sslParameters(new SSLParameters()).build();
  }

  private HttpClient.Builder builder() {
    return HttpClient.newBuilder()
        .connectTimeout(connect)
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER);
  }

  /** The client for an address, by its scheme. */
  public HttpClient to(URI url) {
    return "http".equalsIgnoreCase(url.getScheme()) ? plain : secure();
  }

  private synchronized HttpClient secure() {
    HttpClient made = secure == null ? builder().build() : secure;
    secure = made;
    return made;
  }

  @Override
  public synchronized void close() {
    plain.shutdownNow();
    if (secure != null) {
      secure.shutdownNow();
    }
  }

  /** Fails whatever asks for TLS: nothing does that comes by way of plain HTTP. */
  private static final class NoTls extends SSLContext {
    NoTls() {
      super(new Refusing(), null, "none");
    }
  }

  private static final class Refusing extends SSLContextSpi {

    private static IllegalStateException refused() {
      return new IllegalStateException("TLS was asked for by a client for plain HTTP");
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trusted, SecureRandom random)
        throws KeyManagementException {
      throw refused();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      throw refused();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw refused();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      throw refused();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      throw refused();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      throw refused();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      throw refused();
    }
  }
}
