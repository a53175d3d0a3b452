package dev.orrery.kubernetes.api;

import dev.orrery.http.client.HttpCalls;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/** Speaks HTTP with an API server as who we are, on the thread of who asks. Thread-safe. */
final class ApiClient implements AutoCloseable {

  /** What stands between us and the server forgets connections that have said nothing for long. */
  private static final Duration IDLE = Duration.ofSeconds(30);

  /** An answer, whole. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared: it lives for one request.
  record Answer(int status, String retryAfter, byte[] body) {}

  /** What is sent. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared: it lives for one request.
  record Content(String type, byte[] bytes) {}

  private final URI url;
  private final Identity identity;
  private final HttpCalls calls;

  /**
   * Connects to nothing yet.
   *
   * @param url of the server, perhaps with a path
   * @param connect how long it may take until a connection is there
   */
  ApiClient(URI url, Connecting connecting, Duration connect) {
    this.url = url;
    this.identity = new Identity(connecting.interceptors(), url);
    this.calls = new HttpCalls(connecting.settings(connect, IDLE));
  }

  /**
   * Asks, and reads the whole answer.
   *
   * @param path after the server's address, with its query
   * @param accept the types that are understood; empty for any
   * @param content what is sent, if anything
   * @param limit for an answer
   * @throws HttpCalls.LateException when that was not enough
   */
  Answer ask(String method, String path, String accept, @Nullable Content content, Duration limit)
      throws IOException, InterruptedException {
    HttpUriRequestBase request = request(method, path, accept, content);
    Answer answer = calls.call(request, limit, ApiClient::whole);
    return identity.isRenewed(request, answer.status(), limit)
        ? calls.call(request, limit, ApiClient::whole)
        : answer;
  }

  private static Answer whole(ClassicHttpResponse answer) throws IOException {
    HttpEntity entity = answer.getEntity();
    byte[] body = entity == null ? new byte[0] : entity.getContent().readAllBytes();
    Header retryAfter = answer.getFirstHeader("Retry-After");
    return new Answer(answer.getCode(), retryAfter == null ? "" : retryAfter.getValue(), body);
  }

  /** An answer that goes on, or one of a failure, whole. Who calls closes the stream. */
  record Opened(Answer answer, InputStream stream) {}

  /**
   * Asks for an answer that goes on until the server or the reader ends it.
   *
   * @param limit until it begins, and between any two pieces of it
   */
  Opened open(String path, Duration limit) throws IOException, InterruptedException {
    HttpUriRequestBase request = request("GET", path, "", null);
    Opened opened = opened(request, limit);
    return identity.isRenewed(request, opened.answer().status(), limit)
        ? opened(request, limit)
        : opened;
  }

  private Opened opened(HttpUriRequestBase request, Duration limit)
      throws IOException, InterruptedException {
    ClassicHttpResponse answer = calls.open(request, limit);
    HttpEntity entity = answer.getEntity();
    if (answer.getCode() >= 300 || entity == null) {
      try (answer) {
        return new Opened(whole(answer), InputStream.nullInputStream());
      }
    }
    return new Opened(
        new Answer(answer.getCode(), "", new byte[0]),
        new Stream(entity.getContent(), request, answer));
  }

  private HttpUriRequestBase request(
      String method, String path, String accept, @Nullable Content content) {
    var request = new HttpUriRequestBase(method, URI.create(url + path));
    if (!accept.isEmpty()) {
      request.addHeader("Accept", accept);
    }
    if (content != null) {
      request.setEntity(new ByteArrayEntity(content.bytes(), ContentType.parse(content.type())));
    }
    identity.tell(request);
    return request;
  }

  @Override
  public void close() {
    calls.close();
  }

  /** Closing it drops the connection: to read what is left would be to wait for the end. */
  private static final class Stream extends FilterInputStream {
    private final HttpUriRequestBase request;
    private final ClassicHttpResponse answer;

    Stream(InputStream in, HttpUriRequestBase request, ClassicHttpResponse answer) {
      super(in);
      this.request = request;
      this.answer = answer;
    }

    @Override
    public void close() throws IOException {
      request.cancel();
      answer.close();
    }
  }
}
