package dev.orrery.hub.routes;

import dev.orrery.http.client.HttpCalls;
import dev.orrery.http.client.HttpSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.jspecify.annotations.Nullable;

/** What the hub asks of its proxy and of servers. No redirect is followed. Thread-safe. */
public final class OutgoingHttp implements AutoCloseable {

  /** Less than what proxies keep a connection that says nothing. */
  private static final Duration IDLE = Duration.ofSeconds(4);

  private static final int MOST_OF_BODY = 256 << 20;

  /** Status and whole text of an answer. */
  public record Answer(int status, String body) {}

  private final HttpCalls calls;

  /** Gives up a connection that is not there after {@code connect}. */
  public OutgoingHttp(Duration connect) {
    calls = new HttpCalls(HttpSettings.plain(connect, IDLE));
  }

  /**
   * Asks, and reads the whole answer.
   *
   * @param body JSON that is sent; empty for none
   * @param limit for all of it
   * @throws IOException when there is no answer within it
   */
  public Answer ask(
      String method, URI url, Map<String, String> headers, String body, Duration limit)
      throws IOException, InterruptedException {
    var request = new HttpUriRequestBase(method, url);
    headers.forEach(request::addHeader);
    if (!body.isEmpty()) {
      request.setEntity(new StringEntity(body, ContentType.APPLICATION_JSON));
    }
    return calls.call(
        request, limit, answer -> new Answer(answer.getCode(), text(answer.getEntity())));
  }

  /**
   * Asks for a page, and reads no more of the answer than its status.
   *
   * @throws IOException when there is no answer within {@code limit}
   */
  public int status(URI url, Duration limit) throws IOException, InterruptedException {
    var request = new HttpUriRequestBase("GET", url);
    request.addHeader("Connection", "close");
    return calls.call(
        request,
        limit,
        answer -> {
          request.cancel();
          return answer.getCode();
        });
  }

  private static String text(@Nullable HttpEntity entity) throws IOException {
    if (entity == null) {
      return "";
    }
    byte[] body = entity.getContent().readNBytes(MOST_OF_BODY);
    if (body.length == MOST_OF_BODY) {
      throw new IOException("An answer is longer than " + MOST_OF_BODY + " bytes");
    }
    return new String(body, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    calls.close();
  }
}
