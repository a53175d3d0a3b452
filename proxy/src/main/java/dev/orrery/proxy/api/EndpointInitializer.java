package dev.orrery.proxy.api;

import dev.orrery.proxy.net.Tls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.Closeable;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Connections to an {@link Endpoint}. It runs on a thread of its own: reading or writing a large
 * table holds up none of the connections that are being forwarded.
 */
public final class EndpointInitializer extends ChannelInitializer<Channel> implements Closeable {

  private static final int MAX_LINE = 16_384;
  private static final int MAX_HEADERS = 32_768;
  private static final int READ = 8_192;
  private static final int MAX_CONNECTIONS = 1_024;
  private static final int SILENCE_SECONDS = 60;

  private final Endpoint endpoint;
  private final Optional<Tls> tls;
  private final ExecutorService thread;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * Prepares for connections.
   *
   * @param name what the thread is called
   * @param tls how connections are encrypted, if they are
   */
  public EndpointInitializer(Endpoint endpoint, String name, Optional<Tls> tls) {
    this.endpoint = endpoint;
    this.tls = tls;
    this.thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }

  @Override
  protected void initChannel(Channel channel) {
    if (open.incrementAndGet() > MAX_CONNECTIONS) {
      open.decrementAndGet();
      channel.close();
      return;
    }
    // What is read at once may be many small requests; they wait in memory for their turns.
    channel.config().setAutoRead(false);
    channel
        .config()
        .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ).maxMessagesPerRead(1));
    channel.closeFuture().addListener(_ -> open.decrementAndGet());
    tls.ifPresent(ours -> channel.pipeline().addLast(ours.context().newHandler(channel.alloc())));
    channel
        .pipeline()
        .addLast(new IdleStateHandler(0, 0, SILENCE_SECONDS, TimeUnit.SECONDS))
        .addLast(
            new HttpServerCodec(
                new HttpDecoderConfig()
                    .setMaxInitialLineLength(MAX_LINE)
                    .setMaxHeaderSize(MAX_HEADERS)
                    .setStrictLineParsing(true)
                    .setUseRfc9112TransferEncoding(true)))
        .addLast(new EndpointConnection(endpoint, thread));
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
