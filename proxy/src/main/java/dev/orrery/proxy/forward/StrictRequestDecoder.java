package dev.orrery.proxy.forward;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Reads requests and takes nothing that another reader could take for something else: what is
 * forwarded must mean the same to us and to a backend.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {

  private static final int MAX_LINE = 16 * 1024;
  private static final int MAX_CHUNK = 16 * 1024;

  /** Whether what comes next belongs to the head of a request, and not to its body. */
  private boolean inHead = true;

  /** Whether a line of that head has come. */
  private boolean begun;

  private boolean folded;

  /** Takes heads of which the lines after the first have at most {@code maxHeaders} bytes. */
  StrictRequestDecoder(int maxHeaders) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_LINE)
            .setMaxHeaderSize(maxHeaders)
            .setMaxChunkSize(MAX_CHUNK)
            .setAllowPartialChunks(true)
            .setAllowDuplicateContentLengths(false)
            .setValidateHeaders(true)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true));
  }

  /** Whether a part of a head has come, and not all of it. */
  boolean hasBegun() {
    return inHead && (begun || actualReadableBytes() > 0);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out)
      throws Exception {
    int from = buffer.readerIndex();
    int before = out.size();
    super.decode(ctx, buffer, out);
    if (inHead) {
      // No more than whole lines of the head were taken.
      folded |= isFolded(buffer, from, buffer.readerIndex());
    }
    for (int i = before; i < out.size(); i++) {
      if (out.get(i) instanceof HttpRequest request) {
        if (folded) {
          request.setDecoderResult(
              DecoderResult.failure(new IllegalArgumentException("A header over two lines")));
        }
        inHead = false;
        folded = false;
      }
      if (out.get(i) instanceof LastHttpContent) {
        inHead = true;
        begun = false;
      }
    }
  }

  /** Whether a line that is not the first of its head begins with white space. */
  private boolean isFolded(ByteBuf buffer, int from, int end) {
    int line = from;
    while (line < end) {
      byte first = buffer.getByte(line);
      if (begun && (first == ' ' || first == '\t')) {
        return true;
      }
      begun = true;
      int newline = buffer.indexOf(line, end, (byte) '\n');
      line = newline < 0 ? end : newline + 1;
    }
    return false;
  }

  /** The target: one space on either side, and in it nothing that ends a word or a line. */
  @Override
  protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
    int end = start + length;
    if (length > 0 && (line[start - 1] != ' ' || end >= line.length || line[end] != ' ')) {
      throw new IllegalArgumentException("The words of a request line are parted by one space");
    }
    for (int i = start; i < end; i++) {
      if (line[i] >= 0 && line[i] <= ' ' || line[i] == 0x7f) {
        throw new IllegalArgumentException("A control character in the target of a request");
      }
    }
    return super.splitSecondWordInitialLine(line, start, length);
  }

  /** The version, whose capitals count. */
  @Override
  protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
    if (length < 4
        || line[start] != 'H'
        || line[start + 1] != 'T'
        || line[start + 2] != 'T'
        || line[start + 3] != 'P') {
      throw new IllegalArgumentException("The protocol is not HTTP");
    }
    return super.splitThirdWordInitialLine(line, start, length);
  }

  @Override
  protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
    throw new IllegalArgumentException("Both Content-Length and Transfer-Encoding");
  }
}
