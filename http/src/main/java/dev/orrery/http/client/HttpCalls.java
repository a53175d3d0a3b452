package dev.orrery.http.client;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Asks others over HTTP/1.1, on the thread of who asks: an interrupt ends the waiting of a virtual
 * thread at once, that of others when the time is over. Nothing is tried again, no cookie is kept.
 * Thread-safe.
 */
public final class HttpCalls implements AutoCloseable {

  /** Only a bound: how many ask at once is decided by who asks. */
  private static final int MOST_CONNECTIONS = 10_000;

  /** One that has said nothing for so long is looked at before it is used again. */
  private static final TimeValue LOOK_AFTER = TimeValue.ofMilliseconds(500);

  private final Duration idle;
  private final PoolingHttpClientConnectionManager connections;
  private final CloseableHttpClient client;
  private final AtomicBoolean tidies = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1,
          Thread.ofPlatform().daemon().name("limits of calls").factory(),
          // Once closed: what would be called is closed, too, and says so.
          new ThreadPoolExecutor.DiscardPolicy());

  /** Reads an answer, on the thread of who asks. */
  public interface Reader<T> {
    T read(ClassicHttpResponse answer) throws IOException;
  }

  /** There was no whole answer in time. */
  public static final class LateException extends IOException {
    private static final long serialVersionUID = 1;

    LateException(IOException cause) {
      super("There was no answer in time", cause);
    }
  }

  /** Connects to nothing yet. */
  public HttpCalls(HttpSettings settings) {
    idle = settings.idle();
    connections = connections(settings);
    client = client(settings);
    // Nearly every limit is given up before it is reached.
    timer.setRemoveOnCancelPolicy(true);
  }

  private static PoolingHttpClientConnectionManager connections(HttpSettings settings) {
    var socket = SocketConfig.custom().setTcpNoDelay(true).setSoKeepAlive(true);
    settings
        .through()
        .filter(HttpSettings.Through::isSocks)
        .ifPresent(proxy -> socket.setSocksProxyAddress(proxy.address()));
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setMaxConnTotal(MOST_CONNECTIONS)
        .setMaxConnPerRoute(MOST_CONNECTIONS)
        .setTlsSocketStrategy(upgrade(settings.tls()))
        .setDefaultSocketConfig(socket.build())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(settings.connect()))
                .setSocketTimeout(Timeout.of(settings.connect()))
                .setValidateAfterInactivity(LOOK_AFTER)
                .build())
        .build();
  }

  private CloseableHttpClient client(HttpSettings settings) {
    HttpClientBuilder builder =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            .setKeepAliveStrategy((answer, context) -> TimeValue.of(idle))
            .disableCookieManagement()
            .disableAuthCaching()
            .disableContentCompression()
            .disableConnectionState()
            .disableDefaultUserAgent()
            // When to try again is decided by who asks.
            .disableAutomaticRetries();
    if (!settings.followsRedirects()) {
      builder.disableRedirectHandling();
    }
    settings
        .through()
        .filter(proxy -> !proxy.isSocks())
        .ifPresent(proxy -> {
          var host = new HttpHost(proxy.address().getHostString(), proxy.address().getPort());
          builder.setProxy(host);
          proxy
              .credentials()
              .ifPresent(who -> {
                var known = new BasicCredentialsProvider();
                known.setCredentials(
                    new AuthScope(host),
                    new UsernamePasswordCredentials(who.getUserName(), who.getPassword()));
                builder.setDefaultCredentialsProvider(known);
              });
        });
    return builder.build();
  }

  private static TlsSocketStrategy upgrade(HttpSettings.Tls tls) {
    return (socket, target, port, attachment, context) -> {
      SSLSocket secure;
      try {
        secure =
            (SSLSocket)
                tls.context().get().getSocketFactory().createSocket(socket, target, port, true);
      } catch (NoSuchAlgorithmException e) {
        throw new IOException("The platform's TLS can't be used: " + e.getMessage(), e);
      }
      try {
        SSLParameters parameters = secure.getSSLParameters();
        // Without this any valid certificate would do, whoever it is for.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (!tls.versions().isEmpty()) {
          parameters.setProtocols(tls.versions().toArray(new String[0]));
        }
        if (!tls.serverName().isEmpty()) {
          parameters.setServerNames(List.of(new SNIHostName(tls.serverName())));
        }
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
      } catch (IOException | RuntimeException e) {
        shut(secure, e);
        throw e;
      }
    };
  }

  private static void shut(Socket socket, Exception why) {
    try {
      socket.close();
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  /**
   * Asks, and has the answer read.
   *
   * @param limit for all of it, however slowly the answer comes
   * @throws LateException when that was not enough
   * @throws IOException when there is no answer, or it can't be read
   */
  public <T> T call(HttpUriRequestBase request, Duration limit, Reader<T> reader)
      throws IOException, InterruptedException {
    var isOver = new AtomicBoolean();
    ScheduledFuture<?> end =
        timer.schedule(
            () -> {
              isOver.set(true);
              request.cancel();
            },
            limit.toMillis(),
            TimeUnit.MILLISECONDS);
    try (ClassicHttpResponse answer = sent(request, limit)) {
      return reader.read(answer);
    } catch (IOException e) {
      throw isOver.get() ? new LateException(e) : reason(e);
    } finally {
      end.cancel(false);
      tidyLater();
    }
  }

  /**
   * Asks for an answer that goes on until the server or the reader ends it. Who calls closes it,
   * after {@link HttpUriRequestBase#cancel} where it has not been read to its end.
   *
   * @param limit until it begins, and between any two pieces of it
   * @throws LateException when it did not begin in time
   * @throws IOException when there is none
   */
  public ClassicHttpResponse open(HttpUriRequestBase request, Duration limit)
      throws IOException, InterruptedException {
    try {
      return sent(request, limit);
    } catch (IOException e) {
      throw reason(e);
    }
  }

  private ClassicHttpResponse sent(HttpUriRequestBase request, Duration limit) throws IOException {
    request.setConfig(
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(limit))
            .setResponseTimeout(Timeout.of(limit))
            .build());
    // Not by URI's own rules: containers have names with underscores, which it knows no host in.
    URIAuthority at = request.getAuthority();
    if (at == null) {
      throw new IOException("The address " + request.getRequestUri() + " names no host");
    }
    try {
      return client.executeOpen(
          new HttpHost(request.getScheme(), at.getHostName(), at.getPort()), request, null);
    } catch (IllegalStateException e) {
      throw new IOException("Nobody is asked any more: " + e.getMessage(), e);
    }
  }

  /** What an interrupt did to a connection is not the fault of who was asked. */
  private static IOException reason(IOException e) throws InterruptedException {
    if (e instanceof SocketTimeoutException && !(e instanceof ConnectTimeoutException)) {
      return new LateException(e);
    }
    if (Thread.interrupted() || e.getCause() instanceof InterruptedException) {
      var interrupt = new InterruptedException("Interrupted while waiting for an answer");
      interrupt.initCause(e);
      throw interrupt;
    }
    return e;
  }

  /** Connections that are not used again are closed; where there are none, nothing wakes up. */
  private void tidyLater() {
    if (tidies.compareAndSet(false, true)) {
      var _ = timer.schedule(this::tidy, idle.toMillis() + 1, TimeUnit.MILLISECONDS);
    }
  }

  private void tidy() {
    tidies.set(false);
    connections.closeExpired();
    if (connections.getTotalStats().getAvailable() > 0) {
      tidyLater();
    }
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    timer.shutdownNow();
    client.close(CloseMode.IMMEDIATE);
  }
}
