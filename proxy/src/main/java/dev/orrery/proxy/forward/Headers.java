package dev.orrery.proxy.forward;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Map;

/** What becomes of headers on the way; RFC 9110, section 7.6. */
final class Headers {

  static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
  static final AsciiString FORWARDED_PORT = AsciiString.cached("x-forwarded-port");
  static final AsciiString FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");
  static final AsciiString FORWARDED_HOST = AsciiString.cached("x-forwarded-host");
  static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
  static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
  private static final AsciiString PROXY_CONNECTION = AsciiString.cached("proxy-connection");
  private static final AsciiString KEEP_ALIVE = AsciiString.cached("keep-alive");
  private static final AsciiString HTTP2_SETTINGS = AsciiString.cached("http2-settings");

  private Headers() {}

  /**
   * Takes off what was for this connection alone: {@code Connection}, what it names, and {@code
   * Upgrade}. What frames the body stays, and so does what the other side must not be able to take
   * away.
   */
  static void removeHopByHop(HttpHeaders headers) {
    if (headers.contains(HttpHeaderNames.CONNECTION)) {
      for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
        for (String name : value.split(",")) {
          String named = name.strip();
          if (!named.isEmpty() && !staysDespiteConnection(named)) {
            headers.remove(named);
          }
        }
      }
      headers.remove(HttpHeaderNames.CONNECTION);
    }
    headers.remove(HttpHeaderNames.UPGRADE);
    headers.remove(KEEP_ALIVE);
    headers.remove(PROXY_CONNECTION);
    headers.remove(HTTP2_SETTINGS);
    if (headers.contains(HttpHeaderNames.TE)) {
      boolean trailers = headers.containsValue(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS, true);
      headers.remove(HttpHeaderNames.TE);
      if (trailers) {
        headers.set(HttpHeaderNames.TE, HttpHeaderValues.TRAILERS);
      }
    }
  }

  private static boolean staysDespiteConnection(String name) {
    String lower = AsciiString.of(name).toLowerCase().toString();
    return lower.equals("host")
        || lower.equals("content-length")
        || lower.equals("transfer-encoding")
        || lower.equals("cookie")
        || lower.equals("authorization")
        || lower.startsWith("x-forwarded-");
  }

  /** Whether the message asks to become something else that we can carry. */
  static boolean asksForUpgrade(HttpMessage message) {
    HttpHeaders headers = message.headers();
    String upgrade = headers.get(HttpHeaderNames.UPGRADE);
    return upgrade != null
        // RFC 9110, section 7.8: HTTP/1.0 knows no upgrade.
        && message.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        // HTTP/2 inside the tunnel would be requests that nobody looks at.
        && !offersHttp2(headers)
        && !HttpUtil.isTransferEncodingChunked(message)
        && headers.get(HttpHeaderNames.CONTENT_LENGTH, "0").equals("0");
  }

  /** Whether the only transfer coding, if there is one, is the one that we undo and redo. */
  static boolean isFramedPlainly(HttpHeaders headers) {
    if (!headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return true;
    }
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked");
  }

  private static boolean offersHttp2(HttpHeaders headers) {
    for (String value : headers.getAll(HttpHeaderNames.UPGRADE)) {
      for (String protocol : value.split(",")) {
        if (protocol.strip().regionMatches(true, 0, "h2", 0, 2)) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Tells the backend who asked.
   *
   * @param client the address of the client
   * @param host its {@code Host} header, empty when there is none
   */
  static void addForwarded(HttpHeaders headers, String client, String host, boolean tls) {
    append(headers, FORWARDED_FOR, client);
    append(headers, FORWARDED_PORT, port(host, tls));
    append(headers, FORWARDED_PROTO, tls ? "https" : "http");
    if (!headers.contains(FORWARDED_HOST)) {
      headers.set(FORWARDED_HOST, host);
    }
  }

  private static void append(HttpHeaders headers, AsciiString name, String value) {
    headers.set(
        name,
        headers.contains(name) ? String.join(",", headers.getAll(name)) + "," + value : value);
  }

  private static String port(String host, boolean tls) {
    int colon = host.lastIndexOf(':');
    boolean hasPort = colon > host.lastIndexOf(']') && colon < host.length() - 1;
    return hasPort ? host.substring(colon + 1) : tls ? "443" : "80";
  }

  /** Puts in what the operator wants in every request. */
  static void addCustom(HttpHeaders headers, Map<String, String> custom) {
    for (Map.Entry<String, String> header : custom.entrySet()) {
      headers.set(header.getKey(), header.getValue());
    }
  }
}
