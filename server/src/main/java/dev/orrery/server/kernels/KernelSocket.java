package dev.orrery.server.kernels;

import dev.orrery.http.Json;
import dev.orrery.http.WebSocketConnection;
import dev.orrery.http.WebSocketEndpoint;
import dev.orrery.kernel.Attachment;
import dev.orrery.kernel.DetachReason;
import dev.orrery.kernel.Kernel;
import dev.orrery.kernel.KernelListener;
import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Frame;
import dev.orrery.kernel.message.MalformedMessageException;
import dev.orrery.kernel.message.Message;
import dev.orrery.kernel.message.UnknownChannelException;
import dev.orrery.kernel.message.WebSocketFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One page's connection to one kernel. In: frames become messages and go to the kernel's one
 * client. Out: the client's reader puts messages into an {@link Outbox}, a thread of this socket
 * sends them, so that a slow page holds up nobody.
 */
final class KernelSocket implements WebSocketEndpoint, KernelListener {

  private static final System.Logger LOG = System.getLogger(KernelSocket.class.getName());
  private static final int NORMAL = 1000;

  /** A page connects again after it, which it does not after 1000 and 1001. */
  private static final int RESTART = 1012;

  private static final Set<String> WITH_TRACEBACK = Set.of("error", "execute_reply");

  private final Kernel kernel;
  private final String session;
  private final boolean v1;
  private final SocketSettings settings;
  private final OpenSockets open;
  private final Outbox outbox;
  private volatile @Nullable WebSocketConnection connection;
  private volatile @Nullable Attachment attachment;
  private volatile @Nullable Thread sender;
  private volatile boolean detached;

  /** What is being sent, which may fail. */
  private volatile @Nullable Message inFlight;

  KernelSocket(
      Kernel kernel, String session, boolean v1, SocketSettings settings, OpenSockets open) {
    this.open = open;
    this.kernel = kernel;
    this.session = session;
    this.v1 = v1;
    this.settings = settings;
    outbox = new Outbox(settings);
  }

  @Override
  public void opened(WebSocketConnection opened) {
    connection = opened;
    open.opened();
    sender = Thread.ofVirtual().name("kernel-socket").start(() -> sendAll(opened));
    attachment = kernel.attach(session, this);
  }

  @Override
  public void text(String frame) {
    try {
      receive(WebSocketFrames.decodeLegacyText(frame));
    } catch (UnknownChannelException e) {
      drop(e);
    } catch (MalformedMessageException e) {
      refuse(e);
    }
  }

  @Override
  public void binary(ByteBuffer frame) {
    try {
      receive(v1 ? WebSocketFrames.decodeV1(frame) : WebSocketFrames.decodeLegacyBinary(frame));
    } catch (UnknownChannelException e) {
      drop(e);
    } catch (MalformedMessageException e) {
      refuse(e);
    }
  }

  private static void drop(UnknownChannelException problem) {
    LOG.log(System.Logger.Level.WARNING, "Dropped a message of a page: " + problem.getMessage());
  }

  /** A client that frames messages wrongly would do so again; the close says why. */
  private void refuse(MalformedMessageException problem) {
    LOG.log(
        System.Logger.Level.WARNING,
        "A page sent a malformed kernel message: " + problem.getMessage());
    WebSocketConnection open = connection;
    if (open != null) {
      open.close(1007, String.valueOf(problem.getMessage()));
    }
  }

  private void receive(Message message) {
    if (message.channel() == Channel.IOPUB) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Dropped a message of a page for iopub, which only the kernel writes to");
      return;
    }
    String type = message.parsedHeader().msgType();
    if (!settings.allowedMessageTypes().isEmpty()
        && !settings.allowedMessageTypes().contains(type)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Dropped a message of type " + type + ": it is not in allowed_message_types");
      return;
    }
    Attachment attached = attachment;
    if (attached == null) {
      return;
    }
    try {
      attached.send(message);
    } catch (IOException e) {
      // A page goes on sending for a moment after its kernel let go; that is no news.
      LOG.log(
          detached ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
          "A message for kernel " + kernel.id() + " was not sent: " + e.getMessage());
      WebSocketConnection open = connection;
      if (open != null) {
        // The page connects again and learns from the kernel model what has become of its kernel.
        open.close(1011, "the kernel takes no messages");
      }
    }
  }

  @Override
  public void message(Message message) {
    Message shown = settings.allowTracebacks() ? message : withoutTraceback(message);
    if (!outbox.offer(shown)) {
      letGo(undelivered(shown));
      // Its sender may wait for the network for long.
      close();
    }
  }

  /** Attaches no more; what the page has not got waits until it is back. */
  private void letGo(List<Message> undelivered) {
    Attachment attached = attachment;
    if (attached != null) {
      attached.closeKeeping(undelivered);
    }
  }

  private List<Message> undelivered(Message... after) {
    var all = new ArrayList<Message>();
    Message sent = inFlight;
    if (sent != null) {
      all.add(sent);
    }
    all.addAll(outbox.drain());
    all.addAll(List.of(after));
    return all;
  }

  private void close() {
    WebSocketConnection open = connection;
    if (open != null) {
      outbox.end().ifPresent(end -> open.close(end.code(), end.reason()));
    }
  }

  private Message withoutTraceback(Message message) {
    if (!WITH_TRACEBACK.contains(message.parsedHeader().msgType())) {
      return message;
    }
    try {
      JsonNode content = Json.parse(message.content());
      if (content instanceof ObjectNode object && object.has("traceback")) {
        object.putArray("traceback").add(settings.tracebackReplacement());
        return new Message(
            message.channel(),
            message.header(),
            message.parentHeader(),
            message.metadata(),
            Json.bytes(object),
            message.buffers());
      }
    } catch (JacksonException e) {
      // Not JSON: nothing in it can be shown as a traceback, but what it says is not ours to pass
      // on unread.
      return new Message(
          message.channel(),
          message.header(),
          message.parentHeader(),
          message.metadata(),
          "{}".getBytes(StandardCharsets.UTF_8),
          message.buffers());
    }
    return message;
  }

  @Override
  public void detached(DetachReason reason) {
    detached = true;
    outbox.end(reason == DetachReason.SERVER_LEFT ? RESTART : NORMAL, reason.phrase());
  }

  @Override
  public List<Message> replaced() {
    detached = true;
    List<Message> undelivered = undelivered();
    outbox.end(NORMAL, DetachReason.REPLACED.phrase());
    return undelivered;
  }

  private void sendAll(WebSocketConnection open) {
    try {
      while (true) {
        Message next = outbox.take();
        if (next == null) {
          close();
          return;
        }
        inFlight = next;
        send(open, next);
        inFlight = null;
      }
    } catch (InterruptedException e) {
      // closed() ends this thread.
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.DEBUG,
          "A page of kernel " + kernel.id() + " is gone: " + e.getMessage());
      open.close(1011, "not reachable");
    }
  }

  private void send(WebSocketConnection open, Message message) throws IOException {
    if (v1) {
      open.sendBinary(WebSocketFrames.encodeV1(message));
      return;
    }
    switch (WebSocketFrames.encodeLegacy(message)) {
      case Frame.Text text -> open.sendText(text.text());
      case Frame.Binary binary -> open.sendBinary(ByteBuffer.wrap(binary.bytes()));
    }
  }

  @Override
  public void closed(int code, String reason) {
    open.closed();
    letGo(undelivered());
    Thread thread = sender;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
