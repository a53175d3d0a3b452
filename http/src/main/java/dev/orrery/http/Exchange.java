package dev.orrery.http;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One request and its answer. Used by the one thread that handles the request; the answer is sent
 * by exactly one call of a {@code send} method, {@link #redirect}, {@link #stream} or {@link
 * #upgrade}.
 */
public final class Exchange {

  private static final String JSON = "application/json";

  /** As much of a body that nobody wanted is taken in, so that the connection can be used again. */
  private static final int MAX_UNREAD = 64 * 1024;

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final WebSockets webSockets;
  private final long maxBody;
  private final List<String> segments;
  private final Map<String, Object> attributes = new LinkedHashMap<>();
  private Map<String, String> parameters = Map.of();
  private Optional<Map<String, String>> query = Optional.empty();
  private String route = "";
  private boolean bodyWanted;
  private boolean sent;

  Exchange(
      Request request,
      Response response,
      Callback callback,
      WebSockets webSockets,
      long maxBody,
      List<String> segments) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.webSockets = webSockets;
    this.maxBody = maxBody;
    this.segments = segments;
  }

  void matched(Routes.Match match) {
    parameters = match.parameters();
    route = match.pattern();
  }

  /** The method as sent, upper case for all known methods. */
  public String method() {
    return request.getMethod();
  }

  /** The path as sent, still encoded, with the base path, without the query. */
  public String rawPath() {
    String path = request.getHttpURI().getPath();
    return path == null ? "/" : path;
  }

  /** The query as sent, without the question mark; empty when there is none. */
  public String rawQuery() {
    String raw = request.getHttpURI().getQuery();
    return raw == null ? "" : raw;
  }

  /** The decoded parts of the path below the base path; see {@link RawPath#segments}. */
  public List<String> segments() {
    return segments;
  }

  /** The pattern of the route that answers; empty when none fits. */
  public String route() {
    return route;
  }

  /**
   * The value of a parameter of the route.
   *
   * @throws IllegalArgumentException when the route has no such parameter
   */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("The route " + route + " has no parameter " + name);
    }
    return value;
  }

  /** The first value of a query field, decoded; a field without {@code =} has the empty value. */
  public Optional<String> query(String name) {
    Map<String, String> fields = query.orElseGet(() -> parseForm(rawQuery()));
    query = Optional.of(fields);
    return Optional.ofNullable(fields.get(name));
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeaders().get(name));
  }

  /** The first value of a cookie. */
  public Optional<String> cookie(String name) {
    return cookies(name).stream().findFirst();
  }

  /**
   * All values of a cookie, as sent: a browser that has one of that name for several paths sends
   * each.
   */
  public List<String> cookies(String name) {
    return Request.getCookies(request).stream()
        .filter(cookie -> cookie.getName().equals(name))
        .map(cookie -> unquoted(cookie.getValue()))
        .toList();
  }

  /** The names of all cookies, each once. */
  public List<String> cookieNames() {
    return Request.getCookies(request).stream().map(HttpCookie::getName).distinct().toList();
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  /** Whether the connection to us is encrypted. */
  public boolean isSecure() {
    return request.isSecure();
  }

  /** The address of the other end of the connection; {@code unix} for a unix socket. */
  public String clientAddress() {
    String address = Request.getRemoteAddr(request);
    return address == null || address.isEmpty() ? "unix" : address;
  }

  /** The {@code Host} header as sent, with its port if it has one; empty when there is none. */
  public String host() {
    return header("Host").orElse("");
  }

  /** Something a filter found out about this request, by type. */
  public <T> Optional<T> attribute(Class<T> type) {
    return Optional.ofNullable(type.cast(attributes.get(type.getName())));
  }

  /** Keeps something for later handlers of this request. */
  public <T> void attribute(Class<T> type, T value) {
    attributes.put(type.getName(), value);
  }

  /**
   * The body as it arrives, bounded by the server's body limit.
   *
   * @throws HttpException 413 when the announced length is over the limit; reading further than the
   *     limit throws the same
   */
  public InputStream body() {
    long length = request.getLength();
    if (length > maxBody) {
      throw tooLarge();
    }
    bodyWanted = true;
    return new BoundedBody(Content.Source.asInputStream(request), maxBody);
  }

  /** The whole body; see {@link #body} for its bound. */
  public byte[] bodyBytes() throws IOException {
    try (InputStream in = body()) {
      return in.readAllBytes();
    }
  }

  /**
   * The body as JSON.
   *
   * @return empty when there is no body, or it is {@code null}
   * @throws HttpException 400 when the body is not one JSON document
   */
  public Optional<JsonNode> json() throws IOException {
    byte[] bytes = bodyBytes();
    try {
      JsonNode document = Json.parse(bytes);
      // Nothing but space, and a bare null, which clients send for it.
      return document.isMissingNode() || document.isNull()
          ? Optional.empty()
          : Optional.of(document);
    } catch (JacksonException e) {
      throw new HttpException(400, "Invalid JSON in body of request");
    }
  }

  /**
   * The body as a JSON object.
   *
   * @return an empty object when there is no body
   * @throws HttpException 400 when the body is not one JSON object
   */
  public ObjectNode jsonObject() throws IOException {
    JsonNode body = json().orElseGet(Json::object);
    if (body instanceof ObjectNode object) {
      return object;
    }
    throw new HttpException(400, "Invalid JSON in body of request: an object is needed");
  }

  /** The fields of the query with all their values. */
  public Map<String, List<String>> queryFields() {
    return parseFields(rawQuery());
  }

  /** The fields of an {@code application/x-www-form-urlencoded} body, the first value of each. */
  public Map<String, String> form() throws IOException {
    return parseForm(new String(bodyBytes(), StandardCharsets.UTF_8));
  }

  /** The fields of an {@code application/x-www-form-urlencoded} body with all their values. */
  public Map<String, List<String>> formFields() throws IOException {
    return parseFields(new String(bodyBytes(), StandardCharsets.UTF_8));
  }

  private static Map<String, String> parseForm(String text) {
    var first = new LinkedHashMap<String, String>();
    parseFields(text).forEach((name, values) -> first.put(name, values.getFirst()));
    return first;
  }

  private static Map<String, List<String>> parseFields(String text) {
    var fields = new LinkedHashMap<String, List<String>>();
    for (String pair : text.split("&", 1_000)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      if (!name.isEmpty()) {
        fields.computeIfAbsent(decodeField(name), _ -> new ArrayList<>()).add(decodeField(value));
      }
    }
    return fields;
  }

  private static String decodeField(String raw) {
    try {
      return URLDecoder.decode(raw, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new HttpException(400, "Bad escape in the query or form: % needs two hex digits");
    }
  }

  /** Sets a header of the answer. */
  public Exchange set(String name, String value) {
    response.getHeaders().put(name, value);
    return this;
  }

  /** Sets a header of the answer unless it is set already. */
  public Exchange setIfAbsent(String name, String value) {
    if (!response.getHeaders().contains(name)) {
      response.getHeaders().put(name, value);
    }
    return this;
  }

  /**
   * Adds a cookie to the answer, in place of one of that name; {@code attributes} is text such as
   * {@code HttpOnly; Path=/}.
   */
  public Exchange addCookie(String name, String value, String attributes) {
    // Values are quoted where Tornado quotes them, so that scripts that read document.cookie see
    // what they expect.
    String text = value.chars().allMatch(Exchange::isPlainInCookie) ? value : '"' + value + '"';
    for (var fields = response.getHeaders().listIterator(); fields.hasNext(); ) {
      HttpField field = fields.next();
      if (field.getHeader() == HttpHeader.SET_COOKIE && field.getValue().startsWith(name + "=")) {
        fields.remove();
      }
    }
    response
        .getHeaders()
        .add(new HttpField(HttpHeader.SET_COOKIE, name + "=" + text + "; " + attributes));
    return this;
  }

  private static boolean isPlainInCookie(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "!#$%&'*+-.^_`|~:".indexOf(c) >= 0;
  }

  /** Whether an answer was begun; after that, an error can only break the connection. */
  public boolean isSent() {
    return sent;
  }

  /** The status of the answer; meaningful once it was begun. */
  public int status() {
    return response.getStatus();
  }

  /** Answers without a body. */
  public void sendEmpty(int status) {
    begin(status);
    response.write(true, ByteBuffer.allocate(0), callback);
  }

  /** Answers with {@code body}. */
  public void send(int status, String contentType, byte[] body) {
    begin(status);
    setIfAbsent("Content-Type", contentType);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    response.write(true, ByteBuffer.wrap(body), callback);
  }

  /** Answers with JSON. */
  public void sendJson(int status, JsonNode body) {
    send(status, JSON, Json.bytes(body));
  }

  /** Answers with a page. */
  public void sendHtml(int status, String page) {
    send(status, "text/html; charset=UTF-8", page.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers 302 with {@code location}, which the caller has checked to be safe. */
  public void redirect(String location) {
    set("Location", location);
    set("Content-Type", "text/html; charset=UTF-8");
    sendEmpty(302);
  }

  /**
   * Answers with a body that is written bit by bit; writing blocks while the client does not read.
   *
   * @return the body; closing it ends the answer
   */
  public OutputStream stream(int status, String contentType) {
    begin(status);
    setIfAbsent("Content-Type", contentType);
    return new Body(Content.Sink.asOutputStream(response), callback);
  }

  /**
   * Turns the connection into a WebSocket.
   *
   * @param subprotocol chooses among what the client offers; empty for none
   * @param endpoint receives what the client sends
   * @throws HttpException 400 when this is not a WebSocket handshake
   */
  public void upgrade(
      WebSocketOptions options, Optional<String> subprotocol, WebSocketEndpoint endpoint) {
    if (sent) {
      throw new IllegalStateException("Already answered: " + rawPath());
    }
    if (!webSockets.upgrade(options, subprotocol, endpoint, request, response, callback)) {
      throw new HttpException(400, "Can \"Upgrade\" only to \"WebSocket\".");
    }
    sent = true;
  }

  /** The subprotocols the client offers, in its order. */
  public List<String> offeredSubprotocols() {
    return request.getHeaders().getCSV("Sec-WebSocket-Protocol", false);
  }

  /** Ends an exchange whose answer was begun and can't be finished. */
  void abort(Throwable cause) {
    callback.failed(cause);
  }

  private void begin(int status) {
    if (sent) {
      throw new IllegalStateException("Already answered: " + rawPath());
    }
    sent = true;
    response.setStatus(status);
    if (!bodyEnds()) {
      // The engine ends the connection; a client that is not told uses it once more.
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
  }

  /**
   * Takes in what nobody has read of a short body. It may come later than its request was answered
   * otherwise, when the engine has given up the connection.
   */
  private boolean bodyEnds() {
    boolean hasBody =
        request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    if (!hasBody) {
      return true;
    }
    boolean waitsForPermission = request.getHeaders().contains(HttpHeader.EXPECT);
    if (!bodyWanted && (waitsForPermission || request.getLength() > MAX_UNREAD)) {
      return false;
    }
    try {
      InputStream in = Content.Source.asInputStream(request);
      byte[] unread = new byte[4 * 1024];
      for (int left = MAX_UNREAD; left > 0; ) {
        int count = in.read(unread);
        if (count < 0) {
          return true;
        }
        left -= count;
      }
      return false;
    } catch (IOException | RuntimeException e) {
      // Cut off, or not what its length or chunks say.
      return false;
    }
  }

  private static HttpException tooLarge() {
    return new HttpException(413, "The request body is larger than max_body_size allows");
  }

  private static final class BoundedBody extends InputStream {
    private final InputStream in;
    private long left;

    BoundedBody(InputStream in, long limit) {
      this.in = in;
      this.left = limit;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = in.read(bytes, offset, length);
      left -= Math.max(count, 0);
      if (left < 0) {
        throw tooLarge();
      }
      return count;
    }

    @Override
    public byte[] readAllBytes() throws IOException {
      var all = new ByteArrayOutputStream();
      transferTo(all);
      return all.toByteArray();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private static final class Body extends FilterOutputStream {
    private final Callback callback;
    private boolean closed;

    Body(OutputStream out, Callback callback) {
      super(out);
      this.callback = callback;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      try {
        out.close();
        callback.succeeded();
      } catch (IOException e) {
        callback.failed(e);
        throw e;
      }
    }
  }
}
