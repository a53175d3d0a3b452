package dev.orrery.proxy.forward;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is not passed on: everything that two readers could understand in two ways.
 *
 * @param sentence tells the client what is wrong
 */
record Refusal(HttpResponseStatus status, String sentence) {

  static final Refusal TARGET =
      new Refusal(
          HttpResponseStatus.BAD_REQUEST,
          "The target of the request is no path, or names another host than the Host header.");
  static final Refusal BODY =
      new Refusal(HttpResponseStatus.BAD_REQUEST, "The body of the request is not well formed.");
  static final Refusal BODY_SIZE =
      new Refusal(
          HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "The body of the request is too large.");
  static final Refusal BODY_TIME =
      new Refusal(
          HttpResponseStatus.REQUEST_TIMEOUT, "The rest of the request did not come in time.");
  static final Refusal CLIENT_BUSY =
      new Refusal(
          HttpResponseStatus.TOO_MANY_REQUESTS,
          "This address asks too much at once. Try again in a moment.");
  static final Refusal ROUTE_BUSY =
      new Refusal(
          HttpResponseStatus.TOO_MANY_REQUESTS,
          "Too much is asked of this service at once. Try again in a moment.");
  private static final Refusal MALFORMED =
      new Refusal(HttpResponseStatus.BAD_REQUEST, "The request is not well formed.");
  private static final Refusal LINE =
      new Refusal(HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is too long.");
  private static final Refusal HEADERS =
      new Refusal(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too large.");
  private static final Refusal HOST =
      new Refusal(HttpResponseStatus.BAD_REQUEST, "A request has exactly one Host header.");
  private static final Refusal CODING =
      new Refusal(
          HttpResponseStatus.NOT_IMPLEMENTED, "The only transfer coding of requests is chunked.");
  private static final Refusal CONNECT =
      new Refusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "This is not a proxy for other hosts.");
  private static final Refusal VERSION =
      new Refusal(
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "The versions are HTTP/1.0 and HTTP/1.1.");
  private static final Refusal EXPECTATION =
      new Refusal(HttpResponseStatus.EXPECTATION_FAILED, "The only expectation is 100-continue.");

  /** What is wrong with the head of a request; null when nothing is. */
  static @Nullable Refusal of(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      Throwable cause = request.decoderResult().cause();
      return cause instanceof TooLongHttpLineException
          ? LINE
          : cause instanceof TooLongHttpHeaderException ? HEADERS : MALFORMED;
    }
    HttpVersion version = request.protocolVersion();
    boolean current = version.equals(HttpVersion.HTTP_1_1);
    if (!current && !version.equals(HttpVersion.HTTP_1_0)) {
      return VERSION;
    }
    if (request.method().equals(HttpMethod.CONNECT)) {
      return CONNECT;
    }
    HttpHeaders headers = request.headers();
    Iterator<? extends CharSequence> hosts =
        headers.valueCharSequenceIterator(HttpHeaderNames.HOST);
    boolean named = hosts.hasNext();
    if (named ? !isHost(hosts.next()) || hosts.hasNext() : current) {
      return HOST;
    }
    if (!current && headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return MALFORMED;
    }
    if (!Headers.isFramedPlainly(headers)) {
      return CODING;
    }
    if (headers.contains(HttpHeaderNames.EXPECT)) {
      List<String> expected = headers.getAll(HttpHeaderNames.EXPECT);
      if (expected.size() > 1 || !expected.getFirst().equalsIgnoreCase("100-continue")) {
        return EXPECTATION;
      }
    }
    return null;
  }

  private static boolean isHost(CharSequence host) {
    boolean inBrackets = false;
    boolean inPort = false;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c >= 0x7f || "/\\@?#,".indexOf(c) >= 0) {
        return false;
      }
      if (inPort && (c < '0' || c > '9')) {
        return false;
      }
      inBrackets = c == '[' || inBrackets && c != ']';
      inPort |= c == ':' && !inBrackets;
    }
    return true;
  }
}
