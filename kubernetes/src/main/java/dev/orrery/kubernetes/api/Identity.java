package dev.orrery.kubernetes.api;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.http.StandardHttpHeaders;
import io.fabric8.kubernetes.client.http.StandardHttpRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.core5.http.HttpMessage;
import org.jspecify.annotations.Nullable;

/**
 * Who we are at the API server: the headers of each request that say so. A token is renewed each
 * minute, and when the server does not take it any more. Thread-safe.
 */
final class Identity {

  private static final System.Logger LOG = System.getLogger(Identity.class.getName());
  private static final int UNAUTHORIZED = 401;

  private static final Interceptor.RequestTags NO_TAGS =
      new Interceptor.RequestTags() {
        @Override
        public <T> @Nullable T getTag(Class<T> type) {
          return null;
        }
      };

  private final List<Interceptor> interceptors;

  /** What is asked changes nothing of who asks. */
  private final HttpRequest any;

  Identity(List<Interceptor> interceptors, URI server) {
    this.interceptors = List.copyOf(interceptors);
    this.any = new StandardHttpRequest.Builder().uri(server).build();
  }

  /** Says in a request who we are. */
  void tell(HttpMessage request) {
    var headers = new Headers(request);
    interceptors.forEach(one -> one.before(headers, any, NO_TAGS));
  }

  /**
   * Whether an answer asks who we are and we know better now; the request says so then.
   *
   * @param limit how long it may take to find out
   */
  boolean isRenewed(HttpMessage request, int status, Duration limit) throws InterruptedException {
    if (status != UNAUTHORIZED) {
      return false;
    }
    var headers = new Headers(request);
    boolean renewed = false;
    for (Interceptor one : interceptors) {
      try {
        renewed |=
            one.afterFailure(headers, new Refusal(any), NO_TAGS)
                .get(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.log(System.Logger.Level.WARNING, "The token for the API server can't be renewed: " + e);
      }
    }
    return renewed;
  }

  private record Headers(HttpMessage request) implements BasicBuilder {

    @Override
    public BasicBuilder uri(URI uri) {
      throw new UnsupportedOperationException("Who asks does not change what is asked");
    }

    @Override
    public BasicBuilder header(String name, String value) {
      request.addHeader(name, value);
      return this;
    }

    @Override
    public BasicBuilder setHeader(String name, String value) {
      request.setHeader(name, value);
      return this;
    }
  }

  /** The answer that asks who we are. */
  private static final class Refusal extends StandardHttpHeaders implements HttpResponse<byte[]> {
    private final HttpRequest request;

    Refusal(HttpRequest request) {
      super(Map.of());
      this.request = request;
    }

    @Override
    public int code() {
      return UNAUTHORIZED;
    }

    @Override
    public byte[] body() {
      return new byte[0];
    }

    @Override
    public HttpRequest request() {
      return request;
    }

    @Override
    public Optional<HttpResponse<?>> previousResponse() {
      return Optional.empty();
    }
  }
}
