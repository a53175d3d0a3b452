package dev.orrery.kubernetes.api;

import dev.orrery.http.client.HttpSettings;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.TlsVersion;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.utils.HttpClientUtils;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How an API server is connected to: what a client's configuration comes to when proxies, who is
 * trusted and who we are have been looked up. It is told all of that as the builder that the
 * configuration is applied to, and builds nothing; {@link ApiClient} does.
 */
final class Connecting implements HttpClient.Builder {

  private final Map<String, Interceptor> interceptors = new LinkedHashMap<>();
  private HttpSettings.Contexts tls = SSLContext::getDefault;
  private List<String> tlsVersions = List.of();
  private String tlsServerName = "";
  private @Nullable InetSocketAddress proxy;
  private HttpClient.ProxyType proxyType = HttpClient.ProxyType.DIRECT;
  private @Nullable String proxyAuthorization;

  private Connecting() {}

  /**
   * Looks everything up.
   *
   * @throws RuntimeException of many kinds, when a certificate or key is none
   */
  static Connecting by(Config config) {
    var connecting = new Connecting();
    // Only to renew tokens of OpenID Connect another client is needed; it is made then.
    HttpClientUtils.applyCommonConfiguration(
        config, connecting, () -> HttpClientUtils.getHttpClientFactory().newBuilder());
    return connecting;
  }

  /** What says who we are, and renews that. */
  List<Interceptor> interceptors() {
    return List.copyOf(interceptors.values());
  }

  /** How to connect. */
  HttpSettings settings(Duration connect, Duration idle) {
    var spoken = new HttpSettings.Tls(tls, tlsVersions, tlsServerName);
    return new HttpSettings(connect, idle, spoken, through(), true);
  }

  private Optional<HttpSettings.Through> through() {
    if (proxyType == HttpClient.ProxyType.DIRECT || proxy == null) {
      return Optional.empty();
    }
    boolean isSocks =
        proxyType == HttpClient.ProxyType.SOCKS4 || proxyType == HttpClient.ProxyType.SOCKS5;
    Optional<PasswordAuthentication> who =
        Optional.ofNullable(proxyAuthorization)
            .map(HttpClientUtils::decodeBasicCredentials)
            .map(both -> new PasswordAuthentication(both[0], both[1].toCharArray()));
    return Optional.of(new HttpSettings.Through(proxy, isSocks, who));
  }

  @Override
  public Connecting addOrReplaceInterceptor(String name, @Nullable Interceptor interceptor) {
    if (interceptor == null) {
      interceptors.remove(name);
    } else {
      interceptors.put(name, interceptor);
    }
    return this;
  }

  @Override
  public Connecting sslContext(KeyManager[] keyManagers, TrustManager[] trustManagers) {
    SSLContext context = SSLUtils.sslContext(keyManagers, trustManagers);
    tls = () -> context;
    return this;
  }

  @Override
  public Connecting tlsVersions(TlsVersion... versions) {
    tlsVersions = Arrays.stream(versions).map(TlsVersion::javaName).toList();
    return this;
  }

  @Override
  public Connecting tlsServerName(String name) {
    tlsServerName = name;
    return this;
  }

  @Override
  public Connecting proxyAddress(InetSocketAddress address) {
    proxy = address;
    return this;
  }

  @Override
  public Connecting proxyType(HttpClient.ProxyType type) {
    proxyType = type;
    return this;
  }

  @Override
  public Connecting proxyAuthorization(String credentials) {
    proxyAuthorization = credentials;
    return this;
  }

  // Of no meaning for the client there is: it decides of its own limits, speaks HTTP/1.1, follows
  // where it is sent, and answers no challenge.

  @Override
  public Connecting connectTimeout(long timeout, TimeUnit unit) {
    return this;
  }

  @Override
  public Connecting followAllRedirects() {
    return this;
  }

  @Override
  public Connecting preferHttp11() {
    return this;
  }

  @Override
  public Connecting authenticatorNone() {
    return this;
  }

  @Override
  public Connecting tag(Object value) {
    return this;
  }

  @Override
  public HttpClient build() {
    throw new UnsupportedOperationException("There is no client of this kind");
  }
}
