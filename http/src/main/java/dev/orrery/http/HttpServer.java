package dev.orrery.http;

import dev.orrery.telemetry.Metrics;
import dev.orrery.telemetry.RequestId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler.Abstract;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP/1.1 server with WebSockets. A request goes: limits, base path, filter, route, handler; a
 * failure on the way is told in one place, as JSON or as a page. Each request runs on a virtual
 * thread of its own.
 */
public final class HttpServer implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(HttpServer.class.getName());

  /** Hub cookies and long tokens in query strings need more than the usual 8 KB. */
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  private static final Duration IDLE = Duration.ofMinutes(2);

  private final HttpOptions options;
  private final Routes routes;
  private final Filter filter;
  private final ErrorPage errorPage;
  private final Metrics.Durations durations;
  private final Server server;
  private final WebSockets webSockets;
  private final AccessLog accessLog;

  /**
   * Makes a server; nothing listens before {@link #start}.
   *
   * @param routes what is answered; not changed afterwards
   * @param filter called around every request, also around those that no route fits
   * @param errorPage tells errors
   * @param durations gets the seconds of each request by its method, route and status
   * @param accessLog where each request is told
   */
  public HttpServer(
      HttpOptions options,
      Routes routes,
      Filter filter,
      ErrorPage errorPage,
      Metrics.Durations durations,
      AccessLog accessLog) {
    this.options = options;
    this.routes = routes;
    this.filter = filter;
    this.errorPage = errorPage;
    this.accessLog = accessLog;
    this.durations = durations;
    server = new Server(threads());
    server.setStopTimeout(2_000);
    server.setErrorHandler(new EngineErrors());
    server.addConnector(connector(options.listen()));
    server.addBean(new NetworkConnectionLimit(options.maxConnections(), server));
    server.setHandler(new Dispatcher());
    webSockets = new WebSockets(server);
  }

  /** Where the duration of each request goes by the name that Jupyter Server has for it. */
  public static Metrics.Durations durations(Metrics metrics) {
    return metrics.durations(
        "http_request_duration_seconds",
        "Duration in seconds for all HTTP requests",
        "method",
        "handler",
        "status_code");
  }

  private static QueuedThreadPool threads() {
    // A handful of platform threads select and accept; handlers get virtual ones.
    var threads = new QueuedThreadPool(8, 2);
    threads.setName("http");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory()));
    return threads;
  }

  private Connector connector(Listen listen) {
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(true);
    configuration.setRequestHeaderSize(MAX_HEADER_BYTES);
    configuration.setOutputBufferSize(16 * 1024);
    // Safe because routes are found on the raw path and each segment is decoded once; see RawPath.
    configuration.setUriCompliance(
        UriCompliance.from(
            "RFC3986,AMBIGUOUS_PATH_SEPARATOR,AMBIGUOUS_PATH_ENCODING,AMBIGUOUS_PATH_SEGMENT,"
                + "AMBIGUOUS_EMPTY_SEGMENT,SUSPICIOUS_PATH_CHARACTERS,ILLEGAL_PATH_CHARACTERS"));
    // A line that ends without a carriage return can end elsewhere for a proxy before us.
    configuration.setHttpCompliance(
        HttpCompliance.RFC9110.without(
            "RFC9110_CRLF",
            HttpCompliance.Violation.LF_HEADER_TERMINATION,
            HttpCompliance.Violation.LF_CHUNK_TERMINATION));
    var http = new HttpConnectionFactory(configuration);
    if (listen instanceof Listen.Unix) {
      var connector = new UnixDomainServerConnector(server, null, null, null, 0, 1, http);
      connector.setIdleTimeout(IDLE.toMillis());
      return connector;
    }
    var tcp = (Listen.Tcp) listen;
    var connector = new ServerConnector(server, null, null, null, 0, 1, http);
    connector.setHost(tcp.host().isEmpty() ? null : tcp.host());
    connector.setPort(tcp.port());
    connector.setAcceptQueueSize(512);
    connector.setIdleTimeout(IDLE.toMillis());
    return connector;
  }

  /**
   * Starts listening.
   *
   * @throws IOException when the address or port can't be had
   */
  public void start() throws IOException {
    try {
      if (options.listen() instanceof Listen.Unix unix) {
        startOnSocket(unix);
      } else {
        server.start();
      }
    } catch (IOException e) {
      close();
      throw e;
    } catch (Exception e) {
      close();
      throw new IOException("The HTTP server could not start: " + e.getMessage(), e);
    }
  }

  private void startOnSocket(Listen.Unix unix) throws Exception {
    Path path = unix.path();
    StaleSocket.remove(path);
    try {
      ((UnixDomainServerConnector) server.getConnectors()[0]).setUnixDomainPath(path);
      server.start();
      Files.setPosixFilePermissions(path, permissions(unix.mode()));
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("The socket " + path + " can't be made: " + e.getMessage(), e);
    }
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    var permissions = EnumSet.noneOf(PosixFilePermission.class);
    // The constants are declared from the owner's read bit down to the others' execute bit.
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((mode & (1 << (all.length - 1 - i))) != 0) {
        permissions.add(all[i]);
      }
    }
    return permissions;
  }

  /** The port it listens on, once started; -1 for a unix socket. */
  public int port() {
    return server.getConnectors()[0] instanceof ServerConnector connector
        ? connector.getLocalPort()
        : -1;
  }

  /**
   * From now on answers 503 to who wants a WebSocket, while all else goes on: a page that is let go
   * of connects again at once, and should find the server that comes next.
   */
  public void refuseWebSockets() {
    webSockets.refuse();
  }

  /**
   * Stops listening, gives running requests a short time, closes every connection. May be called
   * again.
   */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.WARNING, "The HTTP server did not stop cleanly", e);
    } finally {
      webSockets.close();
      server.destroy();
    }
  }

  private static final String TOO_LITTLE_MEMORY =
      "This needs more memory than the server has; start it with more, as with"
          + " ORRERY_JAVA_OPTS=-Xmx2g";

  private final class Dispatcher extends Abstract {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String id = RequestId.choose(request.getHeaders().get("X-Request-Id"));
      RequestId.bind(id, () -> answer(request, response, callback));
      return true;
    }

    private void answer(Request request, Response response, Callback callback) {
      long start = System.nanoTime();
      Exchange exchange =
          new Exchange(request, response, callback, webSockets, options.maxBody(), List.of());
      boolean api = true;
      try {
        List<String> below;
        try {
          below = belowBase(RawPath.segments(exchange.rawPath()));
        } catch (HttpException e) {
          // The filter is around this answer as well: it checks the host and sets headers.
          filter.handle(
              exchange,
              _ -> {
                throw e;
              });
          throw e;
        }
        exchange = new Exchange(request, response, callback, webSockets, options.maxBody(), below);
        Optional<Routes.Match> match = routes.find(exchange.method(), below);
        match.ifPresent(exchange::matched);
        api = match.isPresent() && match.get().kind() == Routes.Kind.API;
        filter.handle(exchange, e -> route(e, match));
        if (!exchange.isSent()) {
          throw new IllegalStateException("The handler of " + exchange.route() + " sent no answer");
        }
      } catch (HttpException e) {
        refuse(exchange, api, e);
      } catch (OutOfMemoryError e) {
        LOG.log(
            System.Logger.Level.ERROR,
            exchange.method() + " " + exchange.route() + " needs more memory than there is: " + e);
        refuse(exchange, api, new HttpException(507, TOO_LITTLE_MEMORY));
      } catch (IOException | RuntimeException | StackOverflowError e) {
        Optional<HttpException> badRequest = badRequest(e);
        if (badRequest.isPresent()) {
          refuse(exchange, api, badRequest.get());
        } else {
          fail(exchange, api, e);
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      durations.observe(
          seconds,
          knownMethod(exchange.method()),
          exchange.route(),
          Integer.toString(exchange.status()));
      accessLog.log(exchange, seconds);
    }

    /** What the engine finds wrong with a request while we read it: a chunk, a handshake. */
    private static Optional<HttpException> badRequest(Throwable failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof org.eclipse.jetty.http.HttpException found
            && found.getCode() >= 400
            && found.getCode() < 500) {
          return Optional.of(
              new HttpException(found.getCode(), EngineErrors.sentence(found.getCode())));
        }
      }
      return Optional.empty();
    }

    private void route(Exchange exchange, Optional<Routes.Match> match) throws IOException {
      if (match.isEmpty()) {
        throw new HttpException(404, "Nothing is here: " + exchange.rawPath());
      }
      Optional<Handler> handler = match.get().handler();
      if (handler.isEmpty()) {
        exchange.set("Allow", String.join(", ", match.get().allowed()));
        throw new HttpException(
            405,
            exchange.method()
                + " is not possible here, only "
                + String.join(", ", match.get().allowed()));
      }
      handler.get().handle(exchange);
    }

    private List<String> belowBase(List<String> segments) {
      List<String> base = options.basePath();
      if (segments.size() < base.size() || !segments.subList(0, base.size()).equals(base)) {
        throw new HttpException(
            404, "Nothing is here: this server answers below /" + String.join("/", base) + "/");
      }
      return segments.subList(base.size(), segments.size());
    }

    private static String knownMethod(String method) {
      return switch (method) {
        case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" -> method;
        default -> "other";
      };
    }

    /** An answer of 400 and above that a handler chose. */
    private void refuse(Exchange exchange, boolean api, HttpException refusal) {
      if (exchange.isSent()) {
        exchange.abort(refusal);
        return;
      }
      if (api) {
        exchange.sendJson(
            refusal.status(),
            errorPage.json(refusal.status(), refusal.message(), refusal.reason()));
      } else {
        exchange.sendHtml(
            refusal.status(), errorPage.html(exchange, refusal.status(), refusal.message()));
      }
    }

    /** A fault: the client learns that it happened, the log why. */
    private void fail(Exchange exchange, boolean api, Throwable cause) {
      if (exchange.isSent()) {
        // The client went away, or a file broke in the middle: the cut connection is the only
        // message left.
        LOG.log(
            System.Logger.Level.DEBUG,
            "The answer to " + exchange.route() + " was cut off: " + cause);
        exchange.abort(cause);
        return;
      }
      if (cause instanceof IOException) {
        LOG.log(
            System.Logger.Level.WARNING,
            "I/O error in " + exchange.method() + " " + exchange.route(),
            cause);
      } else {
        LOG.log(
            System.Logger.Level.ERROR,
            "Unhandled error in " + exchange.method() + " " + exchange.route(),
            cause);
      }
      refuse(exchange, api, new HttpException(500, "Unhandled error"));
    }
  }

  /** What the HTTP engine refuses before we see it: a plain sentence, no class names. */
  private static final class EngineErrors implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      int status = response.getStatus() < 400 ? 500 : response.getStatus();
      response.setStatus(status);
      response.getHeaders().put("Content-Type", "application/json");
      // The engine ends the connection; a client that is not told uses it once more.
      response.getHeaders().put("Connection", "close");
      var body = Json.object().put("message", EngineErrors.sentence(status)).putNull("reason");
      response.write(true, ByteBuffer.wrap(Json.bytes(body)), callback);
      return true;
    }

    private static String sentence(int status) {
      return switch (status) {
        case 413 -> "The request body is too large";
        case 414, 431 ->
            "The request line and headers are larger than " + MAX_HEADER_BYTES + " bytes";
        case 503 -> "The server is stopping";
        default -> status < 500 ? "The request is not valid HTTP" : "Unhandled error";
      };
    }
  }
}
