package dev.orrery.proxy.forward;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;

/** Waits for the end of a TLS handshake, in which a client says what it will speak. */
final class ProtocolChoice extends ApplicationProtocolNegotiationHandler {

  private final Forwarding forwarding;
  private final String address;

  ProtocolChoice(Forwarding forwarding, String address) {
    super(ApplicationProtocolNames.HTTP_1_1);
    this.forwarding = forwarding;
    this.address = address;
  }

  @Override
  protected void configurePipeline(ChannelHandlerContext ctx, String protocol)
      throws Http2Exception {
    if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
      Http2Connection.configure(ctx, forwarding, address);
    } else {
      forwarding.speakHttp1(ctx.pipeline(), address, true);
    }
  }

  @Override
  protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
    // Scanners and wrong addresses do this all day; it is worth no line of the log.
    ctx.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
