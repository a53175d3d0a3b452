package dev.orrery.proxy.forward;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.HttpConversionUtil;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import io.netty.util.ReferenceCountUtil;

/**
 * Turns the frames of one stream into messages of HTTP/1 and back. HTTP/2 can carry bytes in names
 * and values that would begin a new line in HTTP/1: a request with such bytes is none.
 */
final class StreamCodec extends ChannelDuplexHandler {

  private static final System.Logger LOG = System.getLogger(StreamCodec.class.getName());

  private boolean headSeen;
  private boolean broken;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (broken) {
      ReferenceCountUtil.release(message);
      return;
    }
    switch (message) {
      case Http2HeadersFrame frame when !headSeen -> head(ctx, frame);
      case Http2HeadersFrame frame -> trailers(ctx, frame);
      case Http2DataFrame frame ->
          ctx.fireChannelRead(
              frame.isEndStream()
                  ? new DefaultLastHttpContent(frame.content())
                  : new DefaultHttpContent(frame.content()));
      default -> ReferenceCountUtil.release(message);
    }
  }

  private void head(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    headSeen = true;
    HttpRequest request;
    try {
      request = request(frame.headers(), frame.isEndStream());
    } catch (Http2Exception | IllegalArgumentException e) {
      refuse(ctx, e);
      return;
    }
    ctx.fireChannelRead(request);
    if (frame.isEndStream()) {
      ctx.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
    }
  }

  private void refuse(ChannelHandlerContext ctx, Exception why) {
    broken = true;
    LOG.log(
        System.Logger.Level.DEBUG, () -> "A request of HTTP/2 is malformed: " + why.getMessage());
    ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private static HttpRequest request(Http2Headers headers, boolean whole) throws Http2Exception {
    CharSequence method = headers.method();
    CharSequence path = headers.path();
    if (method == null || path == null || headers.scheme() == null) {
      throw new IllegalArgumentException("a pseudo-header is missing");
    }
    if (!method.chars().allMatch(StreamCodec::isOfToken)
        || path.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw new IllegalArgumentException("a method or path with a character that ends a word");
    }
    HttpRequest request = HttpConversionUtil.toHttpRequest(0, headers, true);
    HttpHeaders converted = request.headers();
    removeExtensions(converted);
    if (converted.contains(HttpHeaderNames.UPGRADE)
        || converted.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      throw new IllegalArgumentException("a header that belongs to a connection");
    }
    if (!whole && !HttpUtil.isContentLengthSet(request)) {
      HttpUtil.setTransferEncodingChunked(request, true);
    }
    return request;
  }

  /**
   * What the conversion says of frames in headers of its own, which a client may also have sent.
   */
  private static void removeExtensions(HttpHeaders headers) {
    for (ExtensionHeaderNames name : ExtensionHeaderNames.values()) {
      headers.remove(name.text());
    }
  }

  private static boolean isOfToken(int c) {
    return c > ' ' && c < 0x7f && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
  }

  private void trailers(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
    var last = new DefaultLastHttpContent();
    try {
      if (!frame.isEndStream()) {
        throw new IllegalArgumentException("headers in the middle of a body");
      }
      HttpConversionUtil.addHttp2ToHttpHeaders(
          0, frame.headers(), last.trailingHeaders(), HttpVersion.HTTP_1_1, true, true);
    } catch (Http2Exception | IllegalArgumentException e) {
      last.release();
      refuse(ctx, e);
      return;
    }
    removeExtensions(last.trailingHeaders());
    ctx.fireChannelRead(last);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    switch (message) {
      case FullHttpResponse response -> {
        // An interim answer is nothing but a head, and does not end the stream.
        boolean interim = response.status().codeClass().contains(100);
        boolean whole = !interim && !response.content().isReadable();
        Http2Headers headers = HttpConversionUtil.toHttp2Headers(response, false);
        if (interim || whole) {
          response.release();
          ctx.write(new DefaultHttp2HeadersFrame(headers, whole), promise);
        } else {
          ctx.write(new DefaultHttp2HeadersFrame(headers, false));
          ctx.write(new DefaultHttp2DataFrame(response.content(), true), promise);
        }
      }
      case HttpResponse response ->
          ctx.write(
              new DefaultHttp2HeadersFrame(
                  HttpConversionUtil.toHttp2Headers(response, false), false),
              promise);
      case LastHttpContent last when !last.trailingHeaders().isEmpty() -> {
        ctx.write(new DefaultHttp2DataFrame(last.content(), false));
        ctx.write(
            new DefaultHttp2HeadersFrame(
                HttpConversionUtil.toHttp2Headers(last.trailingHeaders(), false), true),
            promise);
      }
      case HttpContent content ->
          ctx.write(
              new DefaultHttp2DataFrame(content.content(), content instanceof LastHttpContent),
              promise);
      default -> ctx.write(message, promise);
    }
  }
}
