package dev.orrery.server.hub;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks a hub one thing over one connection: HTTP/1.1 over TCP, TLS or a unix socket ({@code
 * http+unix://%2Fpath/…}). Not by the platform's client, which knows no unix sockets, gives neither
 * the look-up of a name nor the body of an answer a limit, and would have to be added to the
 * distribution's runtime. A whole call here ends within its limit.
 */
final class HubHttp {

  private static final int MAX_HEAD = 64 * 1024;
  private static final int MAX_BODY = 1024 * 1024;

  /** What came back; the names of headers are in lower case. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared: it lives for one call.
  record Answer(int status, Map<String, String> headers, byte[] body) {

    boolean isSuccess() {
      return status / 100 == 2;
    }
  }

  private final Duration limit;

  /**
   * Makes calls.
   *
   * @param limit of one call from its begin to the last byte of the answer
   */
  HubHttp(Duration limit) {
    this.limit = limit;
  }

  /**
   * Asks once; nothing is tried again, no redirect followed.
   *
   * @param body sent when it is not empty
   * @throws HubTrouble when there is no answer
   * @throws InterruptedException when the waiting thread is interrupted; the call is then over
   */
  Answer ask(String method, URI url, Map<String, String> headers, byte[] body)
      throws HubTrouble, InterruptedException {
    var call = new Call(method, url, headers, body);
    var task = new FutureTask<>(call::run);
    Thread.ofVirtual().name("hub-call").start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw HubTrouble.unreachable(
          "The hub at " + shown(url) + " gave no answer within " + limit.toSeconds() + " s");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HubTrouble trouble) {
        throw trouble;
      }
      Throwable cause = e.getCause();
      throw HubTrouble.unreachable("The hub at " + shown(url) + " can't be reached: " + cause);
    } finally {
      // After a time-out or an interrupt this is what ends the call.
      call.close();
    }
  }

  private static String shown(URI url) {
    return url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
  }

  private static final class Call implements Closeable {
    private final String method;
    private final URI url;
    private final Map<String, String> headers;
    private final byte[] body;
    private @Nullable Closeable connection;
    private boolean closed;

    Call(String method, URI url, Map<String, String> headers, byte[] body) {
      this.method = method;
      this.url = url;
      this.headers = headers;
      this.body = body;
    }

    Answer run() throws IOException {
      try {
        if (url.getScheme().equals("http+unix")) {
          return overUnixSocket();
        }
        return overTcp();
      } finally {
        close();
      }
    }

    private Answer overUnixSocket() throws IOException {
      String path = URLDecoder.decode(url.getRawAuthority(), StandardCharsets.UTF_8);
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      keep(channel);
      channel.connect(UnixDomainSocketAddress.of(path));
      return talk(Channels.newInputStream(channel), Channels.newOutputStream(channel), "localhost");
    }

    private Answer overTcp() throws IOException {
      boolean tls = url.getScheme().equals("https");
      // Not by URI's own rules: containers have names with underscores, which it knows no host in.
      String authority = url.getRawAuthority();
      int colon = authority.endsWith("]") ? -1 : authority.lastIndexOf(':');
      String host = colon < 0 ? authority : authority.substring(0, colon);
      int port = colon < 0 ? tls ? 443 : 80 : Integer.parseInt(authority.substring(colon + 1));
      String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      InetAddress address = InetAddress.getByName(bare);
      var plain = new Socket();
      keep(plain);
      plain.connect(new InetSocketAddress(address, port));
      plain.setTcpNoDelay(true);
      Socket socket = tls ? encrypted(plain, bare, port) : plain;
      return talk(socket.getInputStream(), socket.getOutputStream(), authority);
    }

    private static SSLSocket encrypted(Socket plain, String host, int port) throws IOException {
      var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
      var socket = (SSLSocket) factory.createSocket(plain, host, port, true);
      SSLParameters parameters = socket.getSSLParameters();
      // Without this any valid certificate would do, whoever it is for.
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    }

    private Answer talk(InputStream in, OutputStream out, String host) throws IOException {
      var head = new StringBuilder();
      String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
      head.append(method).append(' ').append(path);
      if (url.getRawQuery() != null) {
        head.append('?').append(url.getRawQuery());
      }
      head.append(" HTTP/1.1\r\nHost: ").append(host);
      head.append("\r\nConnection: close\r\nAccept: application/json\r\nUser-Agent: orrery\r\n");
      headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      if (body.length > 0 || method.equals("POST")) {
        head.append("Content-Length: ").append(body.length).append("\r\n");
      }
      head.append("\r\n");
      var request = new ByteArrayOutputStream();
      request.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      request.writeBytes(body);
      out.write(request.toByteArray());
      out.flush();
      return new AnswerReader(new BufferedInputStream(in, 8 * 1024)).read();
    }

    private synchronized void keep(Closeable opened) throws IOException {
      connection = opened;
      if (closed) {
        close();
        throw new IOException("the call was given up");
      }
    }

    @Override
    public synchronized void close() {
      closed = true;
      Closeable open = connection;
      connection = null;
      if (open != null) {
        try {
          open.close();
        } catch (IOException e) {
          // It is over either way.
        }
      }
    }
  }

  /** Reads one answer, of bounded size. */
  private static final class AnswerReader {
    private final InputStream in;
    private int headLeft = MAX_HEAD;

    AnswerReader(InputStream in) {
      this.in = in;
    }

    Answer read() throws IOException {
      int status;
      Map<String, String> headers;
      do {
        status = status(line());
        headers = headers();
      } while (status / 100 == 1);
      if (status == 204 || status == 304) {
        return new Answer(status, headers, new byte[0]);
      }
      if (headers
          .getOrDefault("transfer-encoding", "")
          .toLowerCase(Locale.ROOT)
          .equals("chunked")) {
        return new Answer(status, headers, chunks());
      }
      String length = headers.get("content-length");
      return new Answer(
          status, headers, length == null ? toTheEnd() : exactly(size(length, 10), MAX_BODY));
    }

    private static int status(String line) throws HubTrouble {
      if (!line.matches("HTTP/1\\.[01] [1-5]\\d\\d( .*)?")) {
        throw HubTrouble.badAnswer("What answers in the place of the hub does not speak HTTP/1.1");
      }
      return Integer.parseInt(line.substring(9, 12));
    }

    private Map<String, String> headers() throws IOException {
      var headers = new LinkedHashMap<String, String>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          headers.putIfAbsent(
              line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
              line.substring(colon + 1).strip());
        }
      }
      return headers;
    }

    private String line() throws IOException {
      var line = new ByteArrayOutputStream();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the hub closed the connection before its answer was whole");
        }
        if (--headLeft < 0) {
          throw HubTrouble.badAnswer(
              "The hub's answer has more than " + MAX_HEAD + " header bytes");
        }
        line.write(c);
      }
      return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    private byte[] chunks() throws IOException {
      var all = new ByteArrayOutputStream();
      while (true) {
        int size = size(line().replaceFirst(";.*", "").strip(), 16);
        if (size == 0) {
          return all.toByteArray();
        }
        all.writeBytes(exactly(size, MAX_BODY - all.size()));
        line();
      }
    }

    private static int size(String text, int radix) throws HubTrouble {
      try {
        int size = Integer.parseInt(text, radix);
        if (size >= 0) {
          return size;
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
      throw HubTrouble.badAnswer("The hub's answer has no valid length");
    }

    private byte[] exactly(int size, int most) throws IOException {
      if (size > most) {
        throw tooLarge();
      }
      byte[] bytes = in.readNBytes(size);
      if (bytes.length < size) {
        throw new EOFException("the hub closed the connection before its answer was whole");
      }
      return bytes;
    }

    private byte[] toTheEnd() throws IOException {
      byte[] bytes = in.readNBytes(MAX_BODY + 1);
      if (bytes.length > MAX_BODY) {
        throw tooLarge();
      }
      return bytes;
    }

    private static HubTrouble tooLarge() {
      return HubTrouble.badAnswer("The hub's answer is larger than " + MAX_BODY + " bytes");
    }
  }
}
