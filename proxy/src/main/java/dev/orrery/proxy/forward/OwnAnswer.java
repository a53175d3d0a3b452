package dev.orrery.proxy.forward;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/**
 * An answer that no backend gave.
 *
 * @param retryAfter seconds after which the client may ask again; 0 to say nothing about that
 */
record OwnAnswer(HttpResponseStatus status, ErrorPages.Page page, int retryAfter) {

  /** One of ours is alive; what probes of configurable-http-proxy ask for. */
  static final OwnAnswer HEALTHY =
      new OwnAnswer(HttpResponseStatus.OK, page("application/json", "{\"status\":\"OK\"}"), 0);

  /** Alive, but no clients should be sent here. */
  static final OwnAnswer NOT_READY =
      new OwnAnswer(
          HttpResponseStatus.SERVICE_UNAVAILABLE,
          page("application/json", "{\"status\":\"not ready\"}"),
          1);

  static OwnAnswer of(Refusal refusal) {
    return new OwnAnswer(
        refusal.status(),
        page("text/plain; charset=utf-8", refusal.sentence() + "\n"),
        refusal.status().equals(HttpResponseStatus.TOO_MANY_REQUESTS) ? 1 : 0);
  }

  static OwnAnswer of(int status, ErrorPages.Page page) {
    return new OwnAnswer(HttpResponseStatus.valueOf(status), page, 0);
  }

  /** A status and nothing else. */
  static OwnAnswer bare(int status) {
    return of(status, page("", ""));
  }

  private static ErrorPages.Page page(String type, String text) {
    return new ErrorPages.Page(type, "", text.getBytes(US_ASCII));
  }

  /**
   * The message, complete but for {@code Connection}.
   *
   * @param head whether it answers a HEAD, and so has no body whatever its headers say
   */
  FullHttpResponse message(boolean head) {
    var answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(page.body()));
    HttpHeaders headers = answer.headers();
    headers.set(HttpHeaderNames.CONTENT_LENGTH, page.body().length);
    if (!page.type().isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, page.type());
    }
    if (!page.encoding().isEmpty()) {
      headers.set(HttpHeaderNames.CONTENT_ENCODING, page.encoding());
    }
    if (retryAfter > 0) {
      headers.set(HttpHeaderNames.RETRY_AFTER, retryAfter);
    }
    return answer;
  }
}
